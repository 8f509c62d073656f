"""The official dashscope package, unmodified, against `lian sim`: tasks, uploads and their results."""

import gzip
import json
import os
import tempfile
import unittest
import urllib.request

import dashscope
from dashscope import BatchTextEmbedding, ImageSynthesis, MultiModalConversation, VideoSynthesis

from test_dashscope import picture
from test_openai import Simulator


def fetch(url):
    # Without the key: a link is enough.
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.read()


def local_picture(folder):
    """A small picture on disk, for the package to upload."""
    path = os.path.join(folder, "first frame.png")
    with open(path, "wb") as file:
        with urllib.request.urlopen(picture(640, 640)) as header:
            file.write(header.read())
    return path


class Tasks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Minutes are a fraction of a second; a certificate is good for three.
        cls.simulator = Simulator("--time-scale", "100")
        dashscope.base_http_api_url = cls.simulator.origin + "/api/v1"
        dashscope.api_key = "sk-test"

    @classmethod
    def tearDownClass(cls):
        code = cls.simulator.end()
        assert code == 0, f"SIGTERM ended it with {code}"

    def test_a_video_is_made_waited_for_and_fetched(self):
        done = VideoSynthesis.call(
            model="wan2.5-t2v-preview", prompt="a panda", size="832*480", duration=5, seed=7
        )
        self.assertEqual((done.status_code, done.output.task_status), (200, "SUCCEEDED"))
        self.assertEqual((done.usage.video_count, done.usage["SR"], done.usage["duration"]), (1, 480, 5))
        film = fetch(done.output.video_url)
        self.assertEqual(film[4:8], b"ftyp")

    def test_a_first_picture_is_uploaded(self):
        with tempfile.TemporaryDirectory() as folder:
            done = VideoSynthesis.call(
                model="wan2.6-i2v",
                prompt="it turns",
                img_url="file://" + local_picture(folder),
                resolution="720P",
                duration=2,
            )
        self.assertEqual((done.status_code, done.output.task_status), (200, "SUCCEEDED"), done)
        self.assertEqual(done.usage["SR"], 720)

    def test_a_local_picture_is_shown_to_a_model(self):
        with tempfile.TemporaryDirectory() as folder:
            parts = [{"image": "file://" + local_picture(folder)}, {"text": "What is this?"}]
            answer = MultiModalConversation.call(
                model="qwen3-vl-plus", messages=[{"role": "user", "content": parts}]
            )
        self.assertEqual(answer.status_code, 200, answer)

    def test_pictures_in_a_task(self):
        done = ImageSynthesis.call(model="wan2.2-t2i-flash", prompt="a cat", n=2, size="512*512")
        self.assertEqual((done.output.task_status, len(done.output.results)), ("SUCCEEDED", 2))
        self.assertEqual(done.output.task_metrics["SUCCEEDED"], 2)
        self.assertEqual(done.usage.image_count, 2)
        self.assertEqual(fetch(done.output.results[0].url)[:4], b"\x89PNG")

    def test_pictures_at_once(self):
        answer = MultiModalConversation.call(
            model="qwen-image",
            messages=[{"role": "user", "content": [{"text": "a cat"}]}],
            size="512*288",
        )
        self.assertEqual(answer.status_code, 200, answer)
        self.assertEqual(fetch(answer.output.choices[0].message.content[0]["image"])[:4], b"\x89PNG")

    def test_a_batch_of_texts(self):
        done = BatchTextEmbedding.call(
            model="text-embedding-async-v2", url="https://example.invalid/a.txt", text_type="document"
        )
        self.assertEqual(done.output.task_status, "SUCCEEDED", done)
        self.assertGreater(done.usage["total_tokens"], 0)
        lines = gzip.decompress(fetch(done.output["url"])).decode().splitlines()
        self.assertEqual(len(json.loads(lines[0])["embedding"]), 1536)

    def test_tasks_are_listed_and_canceled(self):
        made = VideoSynthesis.async_call(model="wan2.6-t2v", prompt="x")
        self.assertEqual(made.output.task_status, "PENDING")
        listed = VideoSynthesis.list(model_name="wan2.6-t2v", page_size=5)
        ids = [item["task_id"] for item in listed.output["data"]]
        self.assertIn(made.output.task_id, ids)
        done = VideoSynthesis.wait(made)
        self.assertEqual(done.output.task_status, "SUCCEEDED")
        late = VideoSynthesis.cancel(made)
        self.assertEqual((late.status_code, late.code), (400, "UnsupportedOperation"))
        unknown = VideoSynthesis.fetch("no-such-task")
        self.assertEqual((unknown.status_code, unknown.output.task_status), (200, "UNKNOWN"))

    def test_wrong_requests_are_errors_not_exceptions(self):
        made = VideoSynthesis.async_call(model="wan2.5-t2v-preview", prompt="x", seed=-1)
        self.assertEqual((made.status_code, made.code), (400, "InvalidParameter"))
        self.assertEqual(made.message, "Range of seed should be [0, 2147483647]")
        made = VideoSynthesis.async_call(model="wan9-t2v", prompt="x")
        self.assertEqual((made.status_code, made.message), (400, "Model not exist."))


if __name__ == "__main__":
    unittest.main()
