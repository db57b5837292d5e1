/// The one shape of every error of our own, rendered by both the OpenAI and the Anthropic SDKs.
package struct ErrorMessage: Codable, Sendable, Hashable {
    package struct Detail: Codable, Sendable, Hashable {
        /// Always `tacit_error`.
        package var type: String
        /// Stable, for programs.
        package var code: String
        /// For people; ends with the next command.
        package var message: String
        /// Always null, and written: the OpenAI SDKs' error has the field.
        package var param: String?

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(type, forKey: .type)
            try container.encode(code, forKey: .code)
            try container.encode(message, forKey: .message)
            try container.encode(param, forKey: .param)
        }
    }

    package var type: String
    package var error: Detail
    package var requestID: String

    package init(code: String, message: String, requestID: String) {
        self.type = "error"
        self.error = Detail(type: "tacit_error", code: code, message: message, param: nil)
        self.requestID = requestID
    }

    private enum CodingKeys: String, CodingKey {
        case type, error
        case requestID = "requestId"
    }
}
