"""The official dashscope package, unmodified, against `lian sim`: the native surface.

What it accepts and raises here it would accept and raise with the real service, so a mistake that
client and simulator of lian share is found by a third program. LIAN names the binary.
"""

import base64
import struct
import unittest

import dashscope

from test_openai import Simulator

ASKED = [{"role": "user", "content": "Explain streaming"}]


def picture(width, height):
    """The header of a PNG of this size, as a data URL."""
    header = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">II", width, height)
    return "data:image/png;base64," + base64.b64encode(header).decode()


class Native(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.simulator = Simulator("--time-scale", "100")
        dashscope.base_http_api_url = cls.simulator.origin + "/api/v1"
        dashscope.api_key = "sk-test"

    @classmethod
    def tearDownClass(cls):
        code = cls.simulator.end()
        assert code == 0, f"SIGTERM ended it with {code}"

    def ask(self, model="qwen-plus", **more):
        more.setdefault("messages", ASKED)
        more.setdefault("result_format", "message")
        return dashscope.Generation.call(model, **more)

    def assertAddsUp(self, usage):
        self.assertGreater(usage["input_tokens"], 0)
        self.assertEqual(usage["total_tokens"], usage["input_tokens"] + usage["output_tokens"])

    def test_whole_answers_of_both_forms(self):
        answer = self.ask()
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.output.choices[0].finish_reason, "stop")
        self.assertAddsUp(answer.usage)
        plain = dashscope.Generation.call("qwen-plus", prompt="Explain streaming")
        self.assertEqual(plain.output.text, answer.output.choices[0].message.content)

    def test_streams_new_text_or_all_of_it(self):
        whole = self.ask().output.choices[0].message.content
        pieces = list(self.ask(stream=True, incremental_output=True))
        self.assertEqual("".join(p.output.choices[0].message.content for p in pieces), whole)
        self.assertEqual({p.output.choices[0].finish_reason for p in pieces}, {"null", "stop"})
        self.assertAddsUp(pieces[-1].usage)
        last = list(self.ask(stream=True))[-1]
        self.assertEqual(last.output.choices[0].message.content, whole)

    def test_reasoning_comes_before_the_text(self):
        order = []
        for piece in self.ask(stream=True, incremental_output=True, enable_thinking=True):
            message = piece.output.choices[0].message
            if message.get("reasoning_content"):
                order.append("reasoning")
            elif message.content:
                order.append("text")
        self.assertIn("reasoning", order)
        self.assertEqual(order, sorted(order))
        self.assertGreater(piece.usage["output_tokens_details"]["reasoning_tokens"], 0)

    def test_tools_are_called_side_by_side(self):
        tool = {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
        answer = self.ask(
            messages=[{"role": "user", "content": "weather in Paris and London?"}],
            tools=[{"type": "function", "function": tool}],
            parallel_tool_calls=True,
        )
        calls = answer.output.choices[0].message.tool_calls
        self.assertEqual([call["function"]["arguments"] for call in calls], ['{"city": "Paris"}', '{"city": "London"}'])

    def test_a_search_tells_its_sources(self):
        answer = self.ask(enable_search=True, search_options={"enable_source": True})
        self.assertEqual(len(answer.output.search_info["search_results"]), 5)

    def test_refusals_of_a_stream_and_without(self):
        refused = self.ask(top_p=5)
        self.assertEqual((refused.status_code, refused.code), (400, "InvalidParameter"))
        events = list(self.ask(top_p=5, stream=True, incremental_output=True))
        self.assertEqual([(event.status_code, event.message) for event in events], [(400, refused.message)])
        self.assertEqual(self.ask("no-such-model").message, "Model not exist.")
        self.assertEqual(self.ask("qwen3-vl-plus").message, "url error, please check url！")
        wrong = self.ask(api_key="sk-wrong")
        self.assertEqual((wrong.status_code, wrong.code), (401, "InvalidApiKey"))

    def test_a_picture_is_counted_by_its_size(self):
        content = [{"image": picture(640, 480)}, {"text": "What is this?"}]
        ask = dashscope.MultiModalConversation.call
        answer = ask("qwen3-vl-plus", messages=[{"role": "user", "content": content}])
        self.assertIn("640 × 480", answer.output.choices[0].message.content[0]["text"])
        self.assertEqual(answer.usage["image_tokens"], 302)
        pieces = list(
            ask("qwen3-vl-plus", messages=[{"role": "user", "content": content}], stream=True, incremental_output=True)
        )
        parts = [part for piece in pieces for part in piece.output.choices[0].message.content]
        self.assertEqual("".join(part["text"] for part in parts), answer.output.choices[0].message.content[0]["text"])

    def test_an_omni_model_speaks(self):
        sound = 0
        for piece in dashscope.MultiModalConversation.call(
            "qwen-omni-turbo",
            messages=[{"role": "user", "content": [{"text": "hello"}]}],
            stream=True,
            incremental_output=True,
            modalities=["text", "audio"],
            audio={"voice": "Cherry", "format": "wav"},
        ):
            self.assertEqual(piece.status_code, 200, piece.message)
            for part in piece.output.choices[0].message.content:
                sound += len(base64.b64decode(part["audio"]["data"])) if "audio" in part else 0
        self.assertGreater(sound, 48_000)

    def test_vectors_of_texts_and_pictures(self):
        answer = dashscope.TextEmbedding.call(
            model="text-embedding-v4", input=["a", "b"], dimension=64, output_type="dense&sparse"
        )
        first = answer.output["embeddings"][0]
        self.assertEqual((len(first["embedding"]), first["text_index"]), (64, 0))
        self.assertTrue(first["sparse_embedding"])
        many = dashscope.TextEmbedding.call(model="text-embedding-v4", input=["a"] * 11)
        self.assertIn("batch size is invalid", many.message)
        answer = dashscope.MultiModalEmbedding.call(
            model="multimodal-embedding-v1", input=[{"text": "cat"}, {"image": "https://example.com/cat.png"}]
        )
        self.assertEqual([item["type"] for item in answer.output["embeddings"]], ["text", "image"])

    def test_documents_are_sorted(self):
        answer = dashscope.TextReRank.call(
            model="gte-rerank-v2", query="password", documents=["cats", "reset a password"], return_documents=True
        )
        self.assertEqual([result.index for result in answer.output.results], [1, 0])

    def test_a_text_is_cut_into_tokens(self):
        answer = dashscope.Tokenization.call(model="qwen-plus", prompt="hello world")
        self.assertEqual("".join(answer.output["tokens"]), "hello world")


if __name__ == "__main__":
    unittest.main()
