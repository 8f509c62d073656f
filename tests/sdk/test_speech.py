"""Speech, JSON mode and pictures with the official packages, unmodified."""

import base64
import io
import json
import unittest
import wave

import dashscope

from test_dashscope import picture
from test_dashscope_tasks import fetch
from test_openai import Simulator

TTS = "qwen3-tts-flash"


class Speech(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.simulator = Simulator("--time-scale", "100")
        dashscope.base_http_api_url = cls.simulator.origin + "/api/v1"
        dashscope.api_key = "sk-test"

    @classmethod
    def tearDownClass(cls):
        code = cls.simulator.end()
        assert code == 0, f"SIGTERM ended it with {code}"

    def say(self, text, voice="Cherry", **more):
        return dashscope.MultiModalConversation.call(
            model=TTS, text=text, voice=voice, language_type="Chinese", **more
        )

    def test_a_text_becomes_a_file(self):
        said = self.say("你好，世界。")
        self.assertEqual(said.status_code, 200)
        # A Chinese character counts twice: four of them and two marks.
        self.assertEqual(said.usage["characters"], 4 * 2 + 2)
        with wave.open(io.BytesIO(fetch(said.output.audio["url"]))) as sound:
            self.assertEqual((sound.getframerate(), sound.getnchannels(), sound.getsampwidth()), (24000, 1, 2))
            self.assertGreater(sound.getnframes(), 12000)

    def test_a_stream_is_the_same_sound(self):
        pieces = list(self.say("你好，世界。", stream=True))
        sound = b"".join(base64.b64decode(p.output.audio["data"]) for p in pieces)
        self.assertEqual(len(sound) % 2, 0)
        whole = fetch(pieces[-1].output.audio["url"])
        self.assertTrue(whole.endswith(sound))
        self.assertEqual(pieces[-1].output.finish_reason, "stop")

    def test_what_is_wrong_is_an_error(self):
        nobody = self.say("你好", voice="Nobody")
        self.assertEqual((nobody.status_code, nobody.code), (400, "invalid_value"))
        long = self.say("长" * 601)
        self.assertEqual((long.status_code, long.code), (400, "InvalidParameter"))
        self.assertIn("600", long.message)

    def test_json_on_both_surfaces(self):
        asked = [{"role": "user", "content": "Three colours as JSON"}]
        client = self.simulator.client()
        form = {"type": "json_object"}
        answer = client.chat.completions.create(model="qwen-plus", messages=asked, response_format=form)
        self.assertIsInstance(json.loads(answer.choices[0].message.content), dict)
        native = dashscope.Generation.call(
            "qwen-plus", messages=asked, result_format="message", response_format=form
        )
        self.assertIsInstance(json.loads(native.output.choices[0].message.content), dict)

    def test_a_picture_on_the_compatible_surface(self):
        parts = [
            {"type": "image_url", "image_url": {"url": picture(640, 480)}},
            {"type": "text", "text": "What is it?"},
        ]
        answer = self.simulator.client().chat.completions.create(
            model="qwen3-vl-plus", messages=[{"role": "user", "content": parts}]
        )
        self.assertIn("640", answer.choices[0].message.content)
        self.assertGreater(answer.usage.prompt_tokens, 300)


if __name__ == "__main__":
    unittest.main()
