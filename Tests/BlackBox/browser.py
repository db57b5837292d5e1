"""Chromium without a screen, driven through chromedriver (W3C WebDriver): as much of it as the tests need."""

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from ports import free_port



class Browser:
    def __init__(self, profile):
        self.port = free_port()
        self.driver = subprocess.Popen([shutil.which("chromedriver"), f"--port={self.port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={profile}"]
        options = {"binary": shutil.which("chromium"), "args": arguments}
        self.session = ""
        try:
            self._begin(options)
        except BaseException:
            self.stop()
            raise

    def _begin(self, options):
        deadline = time.time() + 10
        while True:
            try:
                self.session = self._ask("POST", "", {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}})["sessionId"]
                break
            except ConnectionError:
                assert time.time() < deadline and self.driver.poll() is None, "chromedriver does not answer"
                time.sleep(0.1)
        self._ask("POST", "/timeouts", {"script": 30_000})

    def _ask(self, method, path, body=None):
        url = f"http://127.0.0.1:{self.port}/session" + (f"/{self.session}" if self.session else "") + path
        request = urllib.request.Request(url, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(json.load(error)["value"]["message"]) from None
        except urllib.error.URLError as error:
            raise ConnectionError(str(error.reason)) from None

    def run(self, page, body, *arguments):
        """Opens the page's origin and runs an async function's body in it; an error comes back as `{"error": name}`."""
        self._ask("POST", "/url", {"url": page.origin})
        script = ("const done = arguments[arguments.length - 1]; const args = [...arguments].slice(0, -1);"
                  f"(async (args) => {{ {body} }})(args).then(done, (error) => done({{error: error.name}}))")
        return self._ask("POST", "/execute/async", {"script": script, "args": list(arguments)})

    def stop(self):
        try:
            if self.session:
                self._ask("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait(timeout=10)
