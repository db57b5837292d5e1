"""A threaded HTTP/1.1 server on loopback with a free port."""

import http.server
import socketserver


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, handler, state, context):
        super().__init__(("127.0.0.1", 0), handler)
        self.state, self.context = state, context

    @property
    def port(self):
        return self.server_address[1]

    def finish_request(self, request, address):
        if self.context:
            with self.context.wrap_socket(request, server_side=True) as wrapped:
                super().finish_request(wrapped, address)
        else:
            super().finish_request(request, address)

    def handle_error(self, request, address):
        pass
