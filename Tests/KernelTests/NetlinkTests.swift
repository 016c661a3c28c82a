import CLinux
import Testing

@testable import Kernel

@Suite struct NetlinkTests {
    @Test func aRequestKeepsItsLengthAndPadding() {
        var request = NetlinkRequest(type: UInt16(RTM_NEWLINK), header: ifinfomsg())
        request.add(3, string: "eth")
        request.nest(18) { $0.add(1, string: "veth") }
        let length = request.bytes.withUnsafeBytes { $0.load(as: UInt32.self) }
        #expect(Int(length) == request.bytes.count)
        #expect(request.bytes.count % 4 == 0)
        let attributes = NetlinkAttributes(request.bytes[32...])
        #expect(attributes.string(3) == "eth")
        #expect(attributes.nested(18)?.string(1) == "veth")
    }

    @Test func attributesThatDoNotFitEndTheList() {
        #expect(NetlinkAttributes([8, 0, 1, 0, 1, 2]).values.isEmpty)
        #expect(NetlinkAttributes([2, 0, 1, 0]).values.isEmpty)
        #expect(NetlinkAttributes([]).values.isEmpty)
        #expect(NetlinkAttributes([5, 0, 1, 0, 9]).values.count == 1)
    }

    /// Each of several threads hears the answer to its own question: loopback's number is 1 in every namespace, and nothing has that of a dump.
    @Test func threadsThatShareASocketTakeTurns() throws {
        let socket = try NetlinkSocket()
        let ask: @Sendable () throws -> Int = {
            var strange = 0
            for _ in 0..<2_000 {
                var header = ifinfomsg()
                header.ifi_index = 1
                let answers = try socket.exchange(NetlinkRequest(type: UInt16(RTM_GETLINK), header: header).bytes)
                strange += answers.count == 1 ? 0 : 1
            }
            return strange
        }
        let dump: @Sendable () throws -> Int = {
            let request = NetlinkRequest(type: UInt16(RTM_GETLINK), flags: NLM_F_DUMP, header: ifinfomsg())
            let count = try socket.exchange(request.bytes).count
            return try (0..<2_000).filter { _ in try socket.exchange(request.bytes).count != count }.count
        }
        let other = try WorkerThread(name: "vm-asks", body: ask)
        let third = try WorkerThread(name: "vm-dumps", body: dump)
        #expect(try ask() == 0)
        #expect(try other.join().get() == 0)
        #expect(try third.join().get() == 0)
    }

    /// Interfaces may be called nearly anything.
    @Test func namesThatAreNoTextStayDifferent() {
        for (bytes, text) in [
            ([0x61, 0xFF, 0x62], "a\\xffb"), ([0xC3, 0xA4], "ä"), ([0xC3], "\\xc3"), ([0xC3, 0xA4, 0xC3, 0x28], "ä\\xc3("),
            ([0x61, 0, 0x62], "a"), ([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"), ([], "")
        ] as [([UInt8], String)] {
            #expect(NetlinkAttributes.text(bytes[...]) == text)
        }
    }

    @Test func shortIntegersAreNil() {
        let attributes = NetlinkAttributes([6, 0, 1, 0, 1, 2, 0, 0])
        #expect(attributes.integer(1, as: UInt16.self) == 0x0201)
        #expect(attributes.integer(1, as: UInt32.self) == nil)
        #expect(attributes.integer(2, as: UInt32.self) == nil)
    }

    @Test func messagesAreSplitAndTheEndIsSeen() throws {
        let done = message(type: UInt16(NLMSG_DONE), payload: [0, 0, 0, 0])
        let one = message(type: 16, payload: [1, 2, 3, 4])
        var answers: [[UInt8]] = []
        #expect(try NetlinkSocket.collect((one + one)[...], into: &answers) == false)
        #expect(try NetlinkSocket.collect((one + done)[...], into: &answers) == true)
        #expect(answers.count == 3)
    }

    @Test func aMessageLongerThanItsDatagramIsAnError() {
        var bytes = message(type: 16, payload: [1, 2, 3, 4])
        bytes[0] = 200
        var answers: [[UInt8]] = []
        #expect(throws: NetlinkError.self) { try NetlinkSocket.collect(bytes[...], into: &answers) }
    }

    @Test func refusalsCarryTheKernelsNumber() {
        let code = withUnsafeBytes(of: Int32(-17)) { Array($0) }
        let bytes = message(type: UInt16(NLMSG_ERROR), payload: code + message(type: 16, payload: []))
        var answers: [[UInt8]] = []
        #expect(throws: NetlinkError(number: 17, message: nil)) {
            try NetlinkSocket.collect(bytes[...], into: &answers)
        }
    }

    private func message(type: UInt16, payload: [UInt8]) -> [UInt8] {
        let header = nlmsghdr(
            nlmsg_len: UInt32(16 + payload.count), nlmsg_type: type, nlmsg_flags: 0, nlmsg_seq: 1, nlmsg_pid: 0)
        return withUnsafeBytes(of: header) { Array($0) } + payload
    }
}
