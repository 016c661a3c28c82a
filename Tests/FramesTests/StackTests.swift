import TestSupport
import Testing

@testable import Frames

/// Built, taken apart, built again: over random stacks, and over what is left of them when bytes are missing or wrong.
@Suite struct StackTests {
    private func text(_ bytes: [UInt8]) -> String { Hexadecimal.text(bytes) }

    @Test func whatWasBuiltIsReadAndWrittenAsItWas() {
        var stacks = RandomStack()
        var seen: Set<LayerKind> = []
        for _ in 0..<5_000 {
            let stack = stacks.next()
            let bytes = FrameStack.build(stack)
            let frame = FrameDecoder.decode(bytes)
            #expect(frame.problems.isEmpty, "\(frame.protocols): \(frame.problems) in \(text(bytes))")
            #expect(frame.layers.map(\.kind) == stack.map(\.kind), "\(text(bytes))")
            #expect(FrameStack.build(frame.layers.compactMap(\.content)) == bytes, "\(frame.protocols): \(text(bytes))")
            // Ranges lie side by side without a gap.
            for (one, other) in zip(frame.layers, frame.layers.dropFirst()) { #expect(one.range.upperBound == other.range.lowerBound) }
            #expect(frame.layers.last?.range.upperBound == bytes.count)
            seen.formUnion(stack.map(\.kind))
        }
        #expect(seen == Set(LayerKind.allCases))
    }

    /// A cut frame is told so; nothing is read beyond its end.
    @Test func everyPrefixIsTakenApart() {
        var stacks = RandomStack()
        for _ in 0..<200 {
            let bytes = FrameStack.build(stacks.next())
            for count in 0..<bytes.count {
                let frame = FrameDecoder.decode(Array(bytes[..<count]), wireBytes: bytes.count)
                #expect(frame.layers.allSatisfy { $0.range.upperBound <= count })
                // Only what is missing may be complained about.
                #expect(frame.problems.allSatisfy { $0.contains("truncated") }, "\(frame.problems)")
            }
        }
    }

    @Test func wrongBytesNeverCrash() {
        var stacks = RandomStack()
        var generator = SeededGenerator()
        for _ in 0..<5_000 {
            var bytes = FrameStack.build(stacks.next())
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            let frame = FrameDecoder.decode(bytes)
            // Whatever was read is written again as it was.
            let written = FrameStack.build(frame.layers.compactMap(\.content))
            #expect(frame.layers.contains { $0.content == nil } || written == Array(bytes[..<written.count]), "\(text(bytes))")
        }
    }

    /// One bit wrong under a checksum, and the layer that owns it says so.
    @Test func aWrongBitIsFound() throws {
        let ip = IPv4Layer(source: IPv4Address(value: 0xC612_0001), destination: IPv4Address(value: 0xC612_0002))
        let stack: [any FrameLayer] = [
            EthernetLayer(destination: .broadcast, source: MACAddress(value: 2)), ip, UDPLayer(sourcePort: 1, destinationPort: 2),
            PayloadLayer([1, 2, 3])
        ]
        let bytes = FrameStack.build(stack)
        #expect(FrameDecoder.decode(bytes).problems.isEmpty)
        for (offset, owner) in [(22, LayerKind.ipv4), (26, .ipv4), (34, .udp), (44, .udp)] {
            var wrong = bytes
            wrong[offset] ^= 0x10
            let owners = FrameDecoder.decode(wrong).layers.filter { !$0.problems.isEmpty }.map(\.kind)
            #expect(owners.contains(owner), "\(offset): \(owners)")
        }
        // The expected value is the right one.
        var zeroed = bytes
        zeroed[40] = 0x12
        zeroed[41] = 0x34
        let right = Hexadecimal.text(UInt64(bytes[40]) << 8 | UInt64(bytes[41]), digits: 4)
        #expect(FrameDecoder.decode(zeroed).problems == ["UDP: checksum 0x1234 is wrong, 0x\(right) expected"])
        #expect(FrameDecoder.decode(zeroed, checksumsAreLeft: true).problems.isEmpty)
    }

    @Test func aTunnelInATunnelEndsSomewhere() {
        let labels = (0..<100).map { _ in MPLSLayer(label: 16) }
        let bytes = FrameStack.build([EthernetLayer(destination: .broadcast, source: .broadcast)] + labels)
        let frame = FrameDecoder.decode(bytes)
        #expect(frame.layers.count == FrameDecoder.maximumLayers + 1)
        #expect(frame.layers.last?.kind == .payload)
    }

    @Test func paddingIsATrailer() {
        let stack: [any FrameLayer] = [
            EthernetLayer(destination: .broadcast, source: .broadcast),
            IPv4Layer(source: IPv4Address(value: 1), destination: IPv4Address(value: 2)),
            TCPLayer(sourcePort: 1, destinationPort: 2, flags: .syn)
        ]
        let bytes = FrameStack.build(stack)
        let frame = FrameDecoder.decode(bytes + [0, 0, 0, 0, 0, 0])
        #expect(frame.trailerBytes == 6)
        #expect(frame.problems.isEmpty && frame.layers.count == 3)
    }

    @Test(arguments: [
        ("00", 1, "truncated: 14 bytes needed, 1 there"),
        ("ffffffffffff0200000000010800", 2, nil), ("ffffffffffff0200000000010800 65", 2, "truncated: 20 bytes needed, 1 there"),
        ("ffffffffffff0200000000010800 54000014000000004011 0000 01010101 02020202", 2, "version 5"),
        ("ffffffffffff0200000000010800 44000014000000004011 0000 01010101 02020202", 2, "shorter than 5"),
        ("ffffffffffff0200000000010800 4f000014000000004011 0000 01010101 02020202", 2, "truncated: 40 bytes needed"),
        ("ffffffffffff02000000000188b5 0011", 2, nil), ("ffffffffffff020000000001 1234 0011", 2, nil)
    ])
    func brokenFramesSayWhatIsBroken(_ digits: String, _ layers: Int, _ problem: String?) throws {
        let frame = FrameDecoder.decode(try #require(Hexadecimal.bytes(digits)))
        #expect(frame.layers.count <= layers + 1)
        if let problem {
            #expect(frame.problems.contains { $0.contains(problem) }, "\(frame.problems)")
        }
    }

    @Test func flagsHaveNames() {
        #expect(TCPFlags("SYN,ack") == [.syn, .ack])
        #expect(TCPFlags("none") == [])
        #expect(TCPFlags("SYN,") == nil && TCPFlags("X") == nil)
        #expect("\(TCPFlags([.fin, .ack]))" == "FIN,ACK")
    }

    @Test func hexadecimalIsReadAsPeoplePasteIt() {
        #expect(Hexadecimal.bytes("00:11-22 aA\nff") == [0, 0x11, 0x22, 0xAA, 0xFF])
        #expect(Hexadecimal.bytes("123") == nil && Hexadecimal.bytes("zz") == nil)
    }
}
