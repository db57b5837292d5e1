/// A whole answer. A status of 400 or above is an answer too, not an error of the transport; so is a redirect, which is never followed.
package struct HTTPResponse: Sendable {
    package let head: HTTPResponseHead
    /// As received: no content coding is asked for or undone.
    package let body: [UInt8]

    package var status: Int { head.status }
    package var headers: [(String, String)] { head.headers }

    /// The value of the first header of that name, whatever the case of its letters.
    package func header(_ name: String) -> String? { head.header(name) }
}
