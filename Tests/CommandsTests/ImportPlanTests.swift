import Client
import Model
import SecretMemory
import Testing

@testable import Commands

@Suite struct ImportPlanTests {
    private func plan(_ content: String) -> ImportPlan {
        let file = DotEnvFile(content: unsafe SecretBytes(copying: Array(content.utf8).span.bytes))
        return ImportPlan(entries: file.entries) { file.value(of: $0) }
    }

    @Test func leavesUnknownAndEmptyNamesAlone() {
        let made = plan("DATABASE_URL=x\nOPENAI_API_KEY=\nPORT=1\n")
        #expect(made.items.isEmpty)
        #expect(made.report == ["line 2: OPENAI_API_KEY is empty, left out", "2 other names, left alone"])
    }

    @Test func namesNoValue() {
        let made = plan("OPENAI_API_KEY=sk-secret\nX=other-secret\n")
        #expect(!made.report.joined().contains("secret"))
    }

    @Test func twoNamesOfOneKeyAreOneKey() {
        let made = plan("GEMINI_API_KEY=same\nGOOGLE_API_KEY=same\n")
        #expect(made.items.map(\.alias.text) == ["gemini"])
        #expect(made.items.first?.repeats.map(\.name) == ["GOOGLE_API_KEY"], "the other line is commented out with it")
    }

    @Test func anotherKeyOfTheProviderGetsANumber() {
        let made = plan("OPENAI_API_KEY=a\nGEMINI_API_KEY=b\nGOOGLE_API_KEY=c\n")
        #expect(made.items.map(\.alias.text) == ["openai", "gemini", "gemini-2"])
    }
}
