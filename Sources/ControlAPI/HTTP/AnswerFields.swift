import HTTPTypes
import Model
import Primitives

/// Fields that every answer of the control plane carries.
enum AnswerFields {
    static func add(to fields: inout HTTPFields, requestID: String) {
        fields[.requestID] = requestID
        fields[.cacheControl] = "no-store"
        fields[.contentTypeOptions] = "nosniff"
        fields[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        fields[.referrerPolicy] = "no-referrer"
    }
}

/// Names one request in its answer, the log and the audit record.
enum RequestID {
    /// 16 characters: base64url of 12 random bytes.
    static func make() -> String { Blob(Random.bytes(12)).text }
}

extension HTTPField.Name {
    /// Makes a name that is a constant of ours.
    private static func known(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is no field name") }
        return name
    }

    static let requestID = known("tacit-request-id")
    static let shouldRetry = known("x-should-retry")
    static let contentTypeOptions = known("x-content-type-options")
    static let referrerPolicy = known("referrer-policy")
    static let fetchSite = known("sec-fetch-site")
    static let hostField = known("host")
}
