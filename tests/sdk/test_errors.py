"""Every documented error through both official packages, unmodified, and limits that are really kept.

The table is written from the service's documentation, not from the simulator's: status, code on
the compatible surface, code on the native one, and what the openai package makes of it.
"""

import concurrent.futures
import json
import os
import tempfile
import unittest

import dashscope
import openai

from test_dashscope import ASKED
from test_openai import Simulator

ERRORS = [
    (400, "invalid_parameter_error", "InvalidParameter", openai.BadRequestError),
    (400, "data_inspection_failed", "DataInspectionFailed", openai.BadRequestError),
    (400, "Arrearage", "Arrearage", openai.BadRequestError),
    (400, "InvalidURL", "InvalidURL", openai.BadRequestError),
    (400, "IPInfringementSuspect", "IPInfringementSuspect", openai.BadRequestError),
    (401, "invalid_api_key", "InvalidApiKey", openai.AuthenticationError),
    (401, "NOT AUTHORIZED", "NOT AUTHORIZED", openai.AuthenticationError),
    (403, "access_denied", "AccessDenied", openai.PermissionDeniedError),
    (403, "AccessDenied.Unpurchased", "AccessDenied.Unpurchased", openai.PermissionDeniedError),
    (403, "Model.AccessDenied", "Model.AccessDenied", openai.PermissionDeniedError),
    (403, "AllocationQuota.FreeTierOnly", "AllocationQuota.FreeTierOnly", openai.PermissionDeniedError),
    (404, "model_not_found", "ModelNotFound", openai.NotFoundError),
    (404, "NotFound", "NotFound", openai.NotFoundError),
    (429, "limit_requests", "Throttling.RateQuota", openai.RateLimitError),
    (429, "limit_burst_rate", "Throttling.BurstRate", openai.RateLimitError),
    (429, "insufficient_quota", "Throttling.AllocationQuota", openai.RateLimitError),
    (429, "Throttling", "Throttling", openai.RateLimitError),
    (429, "CommodityNotPurchased", "CommodityNotPurchased", openai.RateLimitError),
    (429, "PrepaidBillOverdue", "PrepaidBillOverdue", openai.RateLimitError),
    (429, "PostpaidBillOverdue", "PostpaidBillOverdue", openai.RateLimitError),
    (500, "internal_error", "InternalError", openai.InternalServerError),
    (500, "InternalError.Algo", "InternalError.Algo", openai.InternalServerError),
    (500, "SystemError", "SystemError", openai.InternalServerError),
    (500, "InternalError.Timeout", "InternalError.Timeout", openai.InternalServerError),
    (500, "RequestTimeOut", "RequestTimeOut", openai.InternalServerError),
    (500, "ResponseTimeout", "ResponseTimeout", openai.InternalServerError),
    (503, "ModelServingError", "ModelServingError", openai.InternalServerError),
    (503, "ModelUnavailable", "ModelUnavailable", openai.InternalServerError),
]


class Errors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        rules = "\n".join(
            f"[[rule]]\ncall = {number}\nstatus = {status}\ncode = {json.dumps(compat)}\n"
            for number, (status, compat, _, _) in enumerate(ERRORS, 1)
        )
        cls.folder = tempfile.TemporaryDirectory()
        cls.scenario = os.path.join(cls.folder.name, "errors.toml")
        with open(cls.scenario, "w") as file:
            file.write(rules)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def with_simulator(self, *arguments):
        simulator = Simulator("--time-scale", "100", *arguments)
        self.addCleanup(lambda: self.assertEqual(simulator.end(), 0))
        dashscope.base_http_api_url = simulator.origin + "/api/v1"
        dashscope.api_key = "sk-test"
        return simulator

    def test_each_raises_its_class_with_code_and_request_id(self):
        client = self.with_simulator("--scenario", self.scenario).client()
        for status, code, _, kind in ERRORS:
            with self.subTest(code=code), self.assertRaises(kind) as caught:
                client.chat.completions.create(model="qwen-plus", messages=ASKED)
            error = caught.exception
            self.assertEqual((error.status_code, error.code), (status, code))
            self.assertTrue(error.request_id)

    def test_each_is_told_on_the_native_surface(self):
        self.with_simulator("--scenario", self.scenario)
        for status, _, code, _ in ERRORS:
            answer = dashscope.Generation.call("qwen-plus", messages=ASKED)
            with self.subTest(code=code):
                self.assertEqual((answer.status_code, answer.code), (status, code))
                self.assertTrue(answer.message and answer.request_id)

    def test_limits_are_kept_on_both_surfaces(self):
        # Here a minute is a minute: eighty at once are more than sixty in it, on any machine.
        simulator = Simulator("--limits", "seed", "--rate", "0")
        self.addCleanup(lambda: self.assertEqual(simulator.end(), 0))
        dashscope.base_http_api_url = simulator.origin + "/api/v1"
        client = simulator.client()

        def ask(_):
            try:
                client.chat.completions.create(model="qwen-max", messages=ASKED, max_tokens=1)
                return None
            except openai.RateLimitError as error:
                return error.code

        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            codes = {code for code in pool.map(ask, range(80)) if code}
        self.assertTrue(codes, "sixty requests a minute are the limit")
        self.assertLessEqual(codes, {"limit_requests", "limit_burst_rate", "insufficient_quota"})
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            asked = pool.map(lambda _: dashscope.Generation.call("qwen-max", messages=ASKED), range(80))
            codes = {answer.code for answer in asked if answer.status_code == 429}
        self.assertTrue(codes, "they hold on both surfaces")
        self.assertTrue(all(code.startswith("Throttling.") for code in codes), codes)


if __name__ == "__main__":
    unittest.main()
