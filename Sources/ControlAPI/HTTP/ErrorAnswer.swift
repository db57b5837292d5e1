import Broker
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Primitives

/// An error in the one shape all of ours have.
struct ErrorAnswer {
    /// Not what broke, which stands in the log, but what the peer may know.
    let status: UInt16
    let code: String
    let requestID: String
    let retryAfterSeconds: UInt32?
    /// JSON.
    let body: [UInt8]

    init(
        status: UInt16, code: String, message: String, requestID: String = RequestID.make(), retryAfterSeconds: UInt32? = nil
    ) {
        self.status = status
        self.code = code
        self.requestID = requestID
        self.retryAfterSeconds = retryAfterSeconds
        body = (try? WireJSON.encode(ErrorMessage(code: code, message: message, requestID: requestID))) ?? Array("{}".utf8)
    }

    init(_ error: BrokerError, requestID: String) {
        self.init(
            status: error.status, code: error.code.rawValue, message: error.message, requestID: requestID,
            retryAfterSeconds: error.retryAfterSeconds)
    }

    /// The fields an error has besides those of every answer.
    var fields: HTTPFields {
        var fields = HTTPFields()
        fields[.contentType] = "application/json"
        fields[.contentLength] = String(body.count)
        if [401, 403, 404].contains(status) { fields[.shouldRetry] = "false" }
        if let retryAfterSeconds { fields[.retryAfter] = String(retryAfterSeconds) }
        return fields
    }

    /// The head of an answer that is written without a route.
    func head(closes: Bool) -> HTTPResponse {
        var all = fields
        AnswerFields.add(to: &all, requestID: requestID)
        if closes { all[.connection] = "close" }
        return HTTPResponse(status: .init(code: Int(status)), headerFields: all)
    }

    var response: Response {
        Response(status: .init(code: Int(status)), headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}
