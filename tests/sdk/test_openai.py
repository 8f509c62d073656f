"""The official openai package, unmodified, against `lian sim`.

What it accepts and raises here it would accept and raise with the real service, so a mistake that
client and simulator of lian share is found by a third program. LIAN names the binary.
"""

import base64
import os
import re
import signal
import subprocess
import threading
import unittest

import openai

READY_SECONDS = 30
END_SECONDS = 10


class Simulator:
    """A running `lian sim` on a free port."""

    def __init__(self, *arguments):
        binary = os.environ.get("LIAN", "target/debug/lian")
        command = [binary, "sim", "--listen", "127.0.0.1:0", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        # A watchdog instead of a timeout on readline: without it a silent program would hang us.
        watchdog = threading.Timer(READY_SECONDS, self.process.kill)
        watchdog.start()
        line = self.process.stdout.readline()
        watchdog.cancel()
        found = re.search(r"http://[0-9.]+:[0-9]+", line)
        if not found:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            raise AssertionError(f"no address in the line of {command}: {line!r}")
        self.origin = found.group(0)

    def client(self, key="sk-test"):
        return openai.OpenAI(
            api_key=key,
            base_url=self.origin + "/compatible-mode/v1",
            max_retries=0,
            timeout=END_SECONDS,
        )

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(END_SECONDS)
        finally:
            self.process.kill()
            self.process.stdout.close()


class Chat(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.simulator = Simulator("--time-scale", "100")
        cls.client = cls.simulator.client()

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        code = cls.simulator.end()
        assert code == 0, f"SIGTERM ended it with {code}"

    def create(self, content="用一句话介绍你自己", model="qwen-plus", **more):
        messages = [{"role": "user", "content": content}]
        return self.client.chat.completions.create(model=model, messages=messages, **more)

    def assertAddsUp(self, usage):
        self.assertGreater(usage.prompt_tokens, 0)
        self.assertGreater(usage.completion_tokens, 0)
        self.assertEqual(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens)

    def test_a_whole_answer(self):
        answer = self.create()
        self.assertEqual(answer.object, "chat.completion")
        self.assertTrue(answer.id)
        self.assertEqual(answer.choices[0].message.role, "assistant")
        self.assertTrue(answer.choices[0].message.content)
        self.assertEqual(answer.choices[0].finish_reason, "stop")
        self.assertAddsUp(answer.usage)

    def test_a_streamed_answer(self):
        chunks = list(self.create(stream=True))
        text = "".join(c.choices[0].delta.content or "" for c in chunks)
        self.assertTrue(text)
        self.assertEqual(chunks[0].choices[0].delta.role, "assistant")
        self.assertEqual(chunks[-1].choices[0].finish_reason, "stop")
        for chunk in chunks:
            self.assertEqual(chunk.object, "chat.completion.chunk")
            self.assertEqual((chunk.id, chunk.model), (chunks[0].id, chunks[0].model))
            self.assertIsNone(chunk.usage)

    def test_usage_comes_last_when_asked_for(self):
        chunks = list(self.create(stream=True, stream_options={"include_usage": True}))
        self.assertEqual(chunks[-1].choices, [])
        self.assertAddsUp(chunks[-1].usage)
        for chunk in chunks[:-1]:
            self.assertIsNone(chunk.usage)

    def test_reasoning_comes_before_the_text(self):
        chunks = self.create(
            stream=True,
            stream_options={"include_usage": True},
            extra_body={"enable_thinking": True},
        )
        order, usage = [], None
        for chunk in chunks:
            usage = chunk.usage or usage
            for choice in chunk.choices:
                if getattr(choice.delta, "reasoning_content", None):
                    order.append("reasoning")
                elif choice.delta.content:
                    order.append("text")
        self.assertIn("reasoning", order)
        self.assertIn("text", order)
        self.assertEqual(order, sorted(order))
        self.assertAddsUp(usage)
        self.assertGreater(usage.completion_tokens_details.reasoning_tokens, 0)
        self.assertLess(usage.completion_tokens_details.reasoning_tokens, usage.completion_tokens)

    def test_a_stream_closed_early_leaves_the_server_well(self):
        stream = self.create(stream=True)
        next(iter(stream))
        stream.close()
        self.assertTrue(self.create().choices[0].message.content)

    def test_the_largest_answer_is_kept(self):
        answer = self.create("写一篇很长的文章", max_tokens=5)
        self.assertEqual(answer.choices[0].finish_reason, "length")
        self.assertLessEqual(answer.usage.completion_tokens, 5)

    def test_a_wrong_key(self):
        with self.simulator.client("sk-wrong") as client:
            with self.assertRaises(openai.AuthenticationError) as caught:
                client.models.list()
        self.assertEqual(caught.exception.code, "invalid_api_key")
        self.assertTrue(caught.exception.response.headers.get("x-request-id"))

    def test_an_unknown_model(self):
        with self.assertRaises(openai.NotFoundError) as caught:
            self.create(model="qwen-no-such-model")
        self.assertEqual(caught.exception.code, "model_not_found")

    def test_an_unknown_model_in_a_stream(self):
        with self.assertRaises(openai.NotFoundError):
            self.create(model="qwen-no-such-model", stream=True)

    def test_a_model_that_must_stream(self):
        with self.assertRaises(openai.BadRequestError) as caught:
            self.create(model="qwq-plus")
        self.assertEqual(caught.exception.code, "invalid_parameter_error")
        self.assertIn("stream", str(caught.exception))

    def test_a_parameter_out_of_range(self):
        with self.assertRaises(openai.BadRequestError):
            self.create(temperature=7)

    def test_the_list_of_models(self):
        ids = [model.id for model in self.client.models.list()]
        self.assertIn("qwen-plus", ids)
        self.assertEqual(len(ids), len(set(ids)))

    def test_vectors_in_the_form_the_package_asks_for(self):
        answer = self.client.embeddings.create(model="text-embedding-v4", input=["a", "b"])
        self.assertEqual([len(item.embedding) for item in answer.data], [1024, 1024])
        floats = self.client.embeddings.create(
            model="text-embedding-v4", input="a", encoding_format="float"
        )
        for one, other in zip(floats.data[0].embedding, answer.data[0].embedding):
            self.assertAlmostEqual(one, other, places=6)

    def test_an_omni_model_speaks(self):
        sound, usage = 0, None
        for chunk in self.create(
            "hello",
            "qwen3-omni-flash",
            modalities=["text", "audio"],
            audio={"voice": "Cherry", "format": "wav"},
            stream=True,
            stream_options={"include_usage": True},
        ):
            usage = chunk.usage or usage
            for choice in chunk.choices:
                audio = choice.delta.to_dict().get("audio")
                sound += len(base64.b64decode(audio["data"])) if audio else 0
        self.assertGreater(sound, 48_000)
        self.assertGreater(usage.completion_tokens_details.audio_tokens, 12)

    def test_a_conversation_of_several_turns(self):
        answer = self.client.chat.completions.create(
            model="qwen-max",
            messages=[
                {"role": "system", "content": "You are brief."},
                {"role": "user", "content": "Hello"},
                {"role": "assistant", "content": "Hello!"},
                {"role": "user", "content": "What is 1 + 1?"},
            ],
        )
        self.assertTrue(answer.choices[0].message.content)


if __name__ == "__main__":
    unittest.main()
