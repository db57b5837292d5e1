import Logging

extension ProxyLoop {
    /// One line about a request, at `debug`: fixed text and these fields, nothing a peer sent.
    func log(_ event: StaticString, _ id: RequestID, status: UInt16, code: String?) {
        guard logsCalls else { return }
        var metadata: Logger.Metadata = ["request.id": "\(id.string)", "status": "\(status)"]
        if let code { metadata["code"] = "\(code)" }
        logger.debug("\(event)", metadata: metadata)
    }
}
