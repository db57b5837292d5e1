import ArgumentParser
import Client
import Model
import Providers
import SecretMemory

/// `tacit doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look for what is wrong, and say what to do about it.",
        discussion: "No passphrase is needed and nothing is changed. Ends with 0 where nothing failed; warnings do not count.")

    @OptionGroup var output: JSONOption

    func run() async throws {
        var report = DoctorReport()
        let context = try ClientContext()
        await checkBroker(context, &report)
        checkFiles(context, &report)
        checkEnvironment(&report)
        if output.json {
            try Output.json(["findings": report.findings])
        } else {
            for finding in report.findings {
                Output.data("\(Self.mark(finding.verdict)) \(finding.what)\(finding.next.isEmpty ? "" : "\n     \(finding.next)")")
            }
        }
        if report.status != .done { throw CheckFailed(status: report.status) }
    }

    private func checkBroker(_ context: ClientContext, _ report: inout DoctorReport) async {
        let info: InfoMessages.Info
        let readiness: InfoMessages.Readiness
        do throws(ClientError) {
            info = try await context.connection.get("/v1/info", as: InfoMessages.Info.self)
            readiness = try await context.connection.readiness()
        } catch {
            return report.fail("\(error)", next: "set TACIT_URL, or run: tacit serve", ExitStatus(error))
        }
        report.fine("broker \(context.broker) answers, version \(info.version)")
        if info.version != TacitVersion.text {
            report.warn("this program is version \(TacitVersion.text)", next: "run the same version on both sides")
        }
        if readiness.kek == "ok" {
            report.fine("the KEK answers")
        } else {
            report.fail("the broker's KEK is \(readiness.kek)", next: "check --kek of the broker and its log", .unreachable)
        }
        if readiness.memoryLocked {
            report.fine("the broker's memory stays out of swap")
        } else {
            report.warn(
                "the broker's memory may reach swap",
                next: "raise its limit: ulimit -l unlimited (systemd: LimitMEMLOCK=infinity), then --require-mlock; or encrypt swap")
        }
        for fault in readiness.integrity {
            report.fail("a stored row does not verify: \(fault)", next: "restore a backup, or revoke and enrol the key again", .integrity)
        }
        if readiness.status != "ready", readiness.kek == "ok", readiness.integrity.isEmpty {
            report.fail("the broker is \(readiness.status)", next: "look at its log", .unreachable)
        }
    }

    private func checkFiles(_ context: ClientContext, _ report: inout DoctorReport) {
        do throws(ClientError) {
            let known = try context.known.all()
            report.fine("\(context.paths.knownAccounts): \(known.count) known \(known.count == 1 ? "account" : "accounts")")
        } catch {
            report.fail("\(error)", next: "repair or remove the file", ExitStatus(error))
        }
        guard context.tokens.isEnabled else {
            return report.warn(
                "XDG_RUNTIME_DIR is not set: tokens are kept nowhere between commands",
                next: "use tacit run with the passphrase, or tacit unlock --print-token")
        }
        do throws(ClientError) {
            if let account = try? context.account().name { _ = try context.tokens.load(broker: context.broker, account: account) != nil }
            report.fine("the token cache can be used")
        } catch {
            report.fail("\(error)", next: "remove the file", ExitStatus(error))
        }
    }

    private func checkEnvironment(_ report: inout DoctorReport) {
        let keys = ProviderPresets.all.flatMap(\.enrolEnvironmentNames).filter(ProcessEnvironment.holdsForeignKey).sorted()
        guard !keys.isEmpty else { return report.fine("no provider key stands in this environment") }
        report.warn(
            "\(keys.joined(separator: ", ")) \(keys.count == 1 ? "is" : "are") set in this environment",
            next: "a key there can be read by every program you start; enrol it (tacit enroll), then unset it")
    }

    private static func mark(_ verdict: DoctorReport.Verdict) -> String {
        switch verdict {
        case .fine: "ok  "
        case .warning: "warn"
        case .failure: "FAIL"
        }
    }
}
