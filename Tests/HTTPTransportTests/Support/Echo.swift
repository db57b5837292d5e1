import Foundation
import HTTPTransport

/// What the server saw of a request.
struct Echo: Decodable {
    let method: String
    let path: String
    let headers: [[String]]
    let length: Int
    let sha256: String
    let connection: Int

    init(_ response: HTTPResponse) throws {
        self = try JSONDecoder().decode(Echo.self, from: Data(response.body))
    }

    /// Every value of that header.
    func values(_ name: String) -> [String] {
        headers.filter { $0.first?.lowercased() == name.lowercased() }.compactMap(\.last)
    }
}
