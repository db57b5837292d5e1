import Foundation

/// What the demo provider answers: the shapes of both APIs, with a text of our own.
struct DemoAnswer {
    var status: Int
    /// The body's parts in order; of a stream each is one event, sent a moment apart.
    var parts: [String]
    var isStream = false

    private static let words = [
        "Hello", " from", " the", " demo", " provider.", " Your", " key", " reached", " me,", " and", " nobody", " else.",
    ]
    private static var text: String { words.joined() }

    /// The answer to a request whose key was accepted or not.
    static func answer(_ request: DemoRequest, isAuthorized: Bool) -> DemoAnswer {
        let isAnthropic = request.path == "/v1/messages"
        guard isAuthorized else {
            return error(
                401, isAnthropic ? "authentication_error" : "invalid_request_error", "The key is not the one this demo accepts.",
                isAnthropic)
        }
        switch (request.method, request.path) {
        case ("POST", "/v1/chat/completions"): return request.wantsStream ? chatStream(request.model) : chat(request.model)
        case ("POST", "/v1/messages"): return request.wantsStream ? messagesStream(request.model) : messages(request.model)
        case ("GET", "/v1/models"):
            return DemoAnswer(
                status: 200,
                parts: [json(["object": "list", "data": [["id": "demo", "object": "model", "created": 0, "owned_by": "tacit"]]])])
        default: return error(404, "not_found_error", "The demo knows /v1/chat/completions, /v1/messages and /v1/models.", isAnthropic)
        }
    }

    private static func chat(_ model: String) -> DemoAnswer {
        let message: [String: Any] = ["role": "assistant", "content": text]
        let choice: [String: Any] = ["index": 0, "message": message, "finish_reason": "stop"]
        return DemoAnswer(
            status: 200,
            parts: [
                json([
                    "id": "chatcmpl-demo", "object": "chat.completion", "created": now, "model": model, "choices": [choice],
                    "usage": ["prompt_tokens": 1, "completion_tokens": words.count, "total_tokens": words.count + 1],
                ])
            ])
    }

    private static func chatStream(_ model: String) -> DemoAnswer {
        func chunk(_ delta: [String: Any], _ finish: Any) -> String {
            "data: "
                + json([
                    "id": "chatcmpl-demo", "object": "chat.completion.chunk", "created": now, "model": model,
                    "choices": [["index": 0, "delta": delta, "finish_reason": finish]],
                ]) + "\n\n"
        }
        let parts =
            [chunk(["role": "assistant", "content": ""], NSNull())] + words.map { chunk(["content": $0], NSNull()) }
            + [chunk([:], "stop"), "data: [DONE]\n\n"]
        return DemoAnswer(status: 200, parts: parts, isStream: true)
    }

    private static func messages(_ model: String) -> DemoAnswer {
        DemoAnswer(
            status: 200,
            parts: [
                json([
                    "id": "msg_demo", "type": "message", "role": "assistant", "model": model, "content": [["type": "text", "text": text]],
                    "stop_reason": "end_turn", "stop_sequence": NSNull(), "usage": ["input_tokens": 1, "output_tokens": words.count],
                ])
            ])
    }

    private static func messagesStream(_ model: String) -> DemoAnswer {
        func event(_ name: String, _ fields: [String: Any]) -> String {
            "event: \(name)\ndata: \(json(fields.merging(["type": name]) { own, _ in own }))\n\n"
        }
        let message: [String: Any] = [
            "id": "msg_demo", "type": "message", "role": "assistant", "model": model, "content": [Any](), "stop_reason": NSNull(),
            "stop_sequence": NSNull(), "usage": ["input_tokens": 1, "output_tokens": 0],
        ]
        let parts =
            [
                event("message_start", ["message": message]),
                event("content_block_start", ["index": 0, "content_block": ["type": "text", "text": ""]]),
            ] + words.map { event("content_block_delta", ["index": 0, "delta": ["type": "text_delta", "text": $0]]) } + [
                event("content_block_stop", ["index": 0]),
                event(
                    "message_delta",
                    ["delta": ["stop_reason": "end_turn", "stop_sequence": NSNull()], "usage": ["output_tokens": words.count]]),
                event("message_stop", [:]),
            ]
        return DemoAnswer(status: 200, parts: parts, isStream: true)
    }

    private static func error(_ status: Int, _ kind: String, _ message: String, _ isAnthropic: Bool) -> DemoAnswer {
        let detail: [String: Any] = ["type": kind, "message": message, "code": kind, "param": NSNull()]
        return DemoAnswer(status: status, parts: [json(isAnthropic ? ["type": "error", "error": detail] : ["error": detail])])
    }

    private static var now: Int { Int(Date().timeIntervalSince1970) }

    private static func json(_ object: [String: Any]) -> String {
        guard let data = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes]) else {
            return "{}"
        }
        return String(decoding: data, as: UTF8.self)
    }
}
