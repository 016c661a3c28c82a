import Kernel
import Testing

@testable import Scrape

/// The page as whoever is on this machine sees it, also who is rude.
@Suite(.serialized) struct ScrapeServerTests {
    private let server: ScrapeServer
    private let address: ListenAddress

    init() throws {
        server = try ScrapeServer(at: #require(ListenAddress("0")), "one 1\n# EOF\n")
        address = server.address
    }

    private func ask(_ request: String, hasBody: Bool = true) throws -> String {
        let client = try Client(port: address.port)
        try client.say(request)
        return try client.answer(hasBody: hasBody)
    }

    @Test func thePageIsWhatWasShownLast() throws {
        defer { server.close() }
        #expect(address.host == "127.0.0.1" && address.port > 0)
        let first = try ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(first.hasPrefix("HTTP/1.1 200 OK\r\n") && first.hasSuffix("\r\n\r\none 1\n# EOF\n"), "\(first)")
        #expect(first.contains("content-type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n"))
        server.show("two 2\n# EOF\n")
        #expect(try ask("GET /metrics?x=1 HTTP/1.1\r\nHost: x\r\n\r\n").hasSuffix("\r\n\r\ntwo 2\n# EOF\n"))
    }

    /// Prometheus keeps a connection, and asks again.
    @Test func oneConnectionMayAskAgain() throws {
        defer { server.close() }
        let client = try Client(port: address.port)
        for number in 0..<100 {
            server.show("number \(number)\n")
            try client.say("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try client.answer().hasSuffix("\r\n\r\nnumber \(number)\n"))
        }
        // Two at once are answered one behind the other.
        try client.say("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        var heard = ""
        while case let more = try client.hear(), !more.isEmpty { heard += more }
        #expect(heard.components(of: "HTTP/1.1 200 OK\r\n") == 2 && heard.hasSuffix("number 99\n"), "\(heard)")
    }

    @Test(arguments: [
        ("GET /metric HTTP/1.1", "404 Not Found"), ("GET /metrics/ HTTP/1.1", "404 Not Found"),
        ("POST /metrics HTTP/1.1", "405 Method Not Allowed"),
        ("DELETE / HTTP/1.1", "405 Method Not Allowed"), ("GET / HTTP/1.1", "200 OK"), ("GET /../metrics HTTP/1.1", "404 Not Found")
    ])
    func anythingElseIsToldSo(_ line: String, _ status: String) throws {
        defer { server.close() }
        let answer = try ask("\(line)\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 \(status)\r\n") && !answer.contains("one 1"), "\(answer)")
    }

    @Test func aHeadHasNoBody() throws {
        defer { server.close() }
        let answer = try ask("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n", hasBody: false)
        #expect(answer.contains("content-length: 12\r\n") && answer.hasSuffix("\r\n\r\n"), "\(answer)")
    }

    @Test(arguments: [
        "\r\n\r\n\r\n", "GET\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}", "GET /metrics HTTP/9.9\r\n\r\n",
        "GET /metrics HTTP/1.1\r\n" + String(repeating: "a: b\r\n", count: 20_000) + "\r\n", String(repeating: "x", count: 1 << 17)
    ])
    func whatIsNoRequestEndsItsConnectionAndNothingElse(_ bytes: String) throws {
        defer { server.close() }
        let client = try Client(port: address.port)
        // The other end may hang up before all is said.
        try? client.say(bytes)
        try? client.say("\r\n\r\n")
        while case let more = (try? client.hear()) ?? "", !more.isEmpty { #expect(!more.contains("one 1")) }
        #expect(try ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").hasSuffix("one 1\n# EOF\n"))
    }

    @Test func whoeverComesBeyondTheLimitIsSentAway() throws {
        defer { server.close() }
        var clients: [Client] = []
        for _ in 0..<ScrapeServer.mostConnections {
            let client = try Client(port: address.port)
            try client.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try client.answer().contains("200 OK"))
            clients.append(client)
        }
        let beyond = try Client(port: address.port)
        try? beyond.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try beyond.hear() == "")
        clients.removeAll()
        // As soon as the others are gone.
        var isBack = false
        for _ in 0..<500 where !isBack {
            isBack = (try? ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").contains("200 OK")) ?? false
            if !isBack { Clock.sleep(nanoseconds: 10_000_000) }
        }
        #expect(isBack)
    }

    @Test func whatCantBeListenedAtIsSaid() throws {
        defer { server.close() }
        let taken = try #require(throws: ScrapeError.self) { try ScrapeServer(at: address, "") }
        #expect(taken.sentence == "metrics can't be served at 127.0.0.1:\(address.port): Address already in use")
        let elsewhere = try #require(throws: ScrapeError.self) { try ScrapeServer(at: #require(ListenAddress("192.0.2.1:9464")), "") }
        #expect(elsewhere.sentence == "metrics can't be served at 192.0.2.1:9464: Cannot assign requested address")
        let wrong = try #require(throws: ScrapeError.self) { try ScrapeServer(at: #require(ListenAddress("[:::]:9464")), "") }
        #expect(wrong.sentence == "metrics can't be served at [:::]:9464: that is no address")
    }

    @Test func behindItsEndNobodyIsAnswered() throws {
        let client = try Client(port: address.port)
        server.close()
        try? client.say("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try client.hear() == "")
        #expect(throws: SystemError.self) { try Client(port: address.port) }
    }
}

extension String {
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
