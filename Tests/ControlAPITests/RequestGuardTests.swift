import Testing

@testable import ControlAPI

struct RequestGuardTests {
    @Test func refusesForeignHosts() async throws {
        let fixture = try await ControlFixture()
        for host in ["evil.example", "evil.example:80", "127.0.0.1:1", "127.0.0.1:\(fixture.bound.port ?? 0)@evil.example:1"] {
            let answer = try await fixture.tcp.send(
                "GET", "/v1/info", host: host.contains(":") ? host : host + ":\(fixture.bound.port ?? 0)")
            #expect(answer.status == 421, "\(host)")
            #expect(answer.code == "foreign_host")
        }
        let none = try await fixture.tcp.send(raw: "GET /v1/info HTTP/1.0\r\n\r\n")
        #expect(none.status == 421)
        for host in ["localhost", "127.0.0.1", "LOCALHOST"] {
            #expect(try await fixture.tcp.send("GET", "/v1/info", host: host).status == 200)
        }
        #expect(try await fixture.unix.send("GET", "/v1/info", host: "anything").status == 200)
        await fixture.stop()
    }

    @Test func refusesBrowsersUnlessTheirOriginIsNamed() async throws {
        let fixture = try await ControlFixture(origins: ["https://vault.example.com"])
        let refused = [
            "Origin: https://evil.example", "Origin: null", "Origin: \(fixture.origin)", "Sec-Fetch-Site: cross-site",
            "Sec-Fetch-Site: same-site",
        ]
        for field in refused {
            for client in [fixture.tcp, fixture.unix] {
                let answer = try await client.send("GET", "/v1/info", fields: [field])
                #expect(answer.status == 403, "\(field)")
                #expect(answer.code == "origin_not_allowed")
                #expect(answer.fields["x-should-retry"] == "false")
            }
        }
        for field in ["Origin: https://vault.example.com", "Sec-Fetch-Site: none", "Sec-Fetch-Site: same-origin"] {
            #expect(try await fixture.tcp.send("GET", "/v1/info", fields: [field]).status == 200, "\(field)")
        }
        #expect(try await fixture.tcp.send("GET", "/v1/info", host: "vault.example.com:443").status == 200)
        await fixture.stop()
    }

    @Test func refusesAmbiguousRequests() async throws {
        let fixture = try await ControlFixture()
        let host = "localhost:\(fixture.bound.port ?? 0)"
        for lines in ["Host: \(host)\r\nHost: evil.example", "Host: \(host)\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b"] {
            let answer = try await fixture.tcp.send(raw: "GET /v1/info HTTP/1.1\r\n\(lines)\r\n\r\n")
            #expect(answer.status == 400)
            #expect(answer.code == "ambiguous_request")
        }
        let asterisk = try await fixture.tcp.send(raw: "OPTIONS * HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        #expect(asterisk.code == "ambiguous_request")
        // In absolute form the Host field still has to be ours (the codec takes the path only).
        let foreign = try await fixture.tcp.send(raw: "GET http://\(host)/v1/info HTTP/1.1\r\nHost: evil.example\r\n\r\n")
        #expect(foreign.code == "foreign_host")
        await fixture.stop()
    }

    @Test(arguments: [
        "GARBAGE\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET /v1/info HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST /v1/login/start HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ])
    func answersWhatIsNoHTTPInOurShapeAndCloses(raw: String) async throws {
        let fixture = try await ControlFixture()
        let answer = try await fixture.tcp.send(raw: raw)
        #expect(answer.status == 400)
        #expect(answer.code == "malformed")
        #expect(answer.isClosed)
        await fixture.stop()
    }

    @Test func refusesHeadersThatAreTooLong() async throws {
        let fixture = try await ControlFixture()
        let answer = try await fixture.tcp.send("GET", "/v1/info", fields: ["X-Long: " + String(repeating: "a", count: 40_000)])
        #expect(answer.status == 400)
        #expect(answer.code == "malformed")
        await fixture.stop()
    }
}
