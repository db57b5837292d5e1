import Broker
import HTTPTypes
import Hummingbird
import Measures
import NIOCore

/// The page of metrics, as an answer; without its body to a `HEAD`.
enum MetricsAnswer {
    /// - Throws: `unknownField` for a request with a query.
    static func make(_ request: Request, _ sources: [any MetricsSource]) async throws -> Response {
        guard request.uri.queryParameters.isEmpty else { throw BrokerError(.unknownField, "the query has an unknown parameter") }
        let page = await MetricsText.page(of: sources)
        let response = Response(
            status: .ok, headers: [.contentType: MetricsText.contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: page.text)))
        return request.method == .head ? response.createHeadResponse() : response
    }
}
