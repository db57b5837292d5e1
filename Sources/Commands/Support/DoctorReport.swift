/// What `doctor` found.
struct DoctorReport {
    enum Verdict: String, Codable { case fine, warning, failure }

    struct Finding: Codable {
        var verdict: Verdict
        var what: String
        /// What to do; empty where all is well.
        var next: String
    }

    private(set) var findings: [Finding] = []
    /// The status the program ends with.
    private(set) var status = ExitStatus.done

    mutating func fine(_ what: String) {
        findings.append(Finding(verdict: .fine, what: what, next: ""))
    }

    mutating func warn(_ what: String, next: String) {
        findings.append(Finding(verdict: .warning, what: what, next: next))
    }

    /// The first failure decides the status, unless an integrity failure follows.
    mutating func fail(_ what: String, next: String, _ status: ExitStatus) {
        findings.append(Finding(verdict: .failure, what: what, next: next))
        if self.status == .done || status == .integrity { self.status = status }
    }
}
