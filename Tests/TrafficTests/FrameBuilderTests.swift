import TestSupport
import Testing

@testable import Frames
@testable import Traffic

/// Looks at built and stamped frames with arithmetic of its own.
@Suite struct FrameBuilderTests {
    @Test func theSmallestFrameIsExactlyFull() throws {
        let template = try FrameBuilder.build(FrameRecipe())
        #expect(template.bytes.count == 60)
        #expect(template.stampPoint == StampPoint(signatureOffset: 42))
        #expect(
            Array(template.bytes[..<42]) == [
                0x02, 0x76, 0x6D, 0, 0, 0x0B, 0x02, 0x76, 0x6D, 0, 0, 0x0A, 0x08, 0x00,  //
                0x45, 0, 0, 46, 0, 0, 0x40, 0, 64, 17, 0xAE, 0x97, 198, 18, 0, 1, 198, 19, 0, 1,  //
                0xC0, 0x00, 0, 9, 0, 26, 0, 0
            ])
    }

    @Test(arguments: [
        (NetworkProtocol.ipv4, TransportProtocol.udp, [] as [UInt16], 64), (.ipv4, .tcp, [], 76), (.ipv6, .udp, [], 84),
        (.ipv6, .tcp, [], 96), (.ipv4, .udp, [5], 68), (.ipv4, .udp, [5, 6], 72), (.raw, .udp, [], 64), (.raw, .udp, [5, 6], 64)
    ])
    func oneByteLessThanTheMinimumIsAnError(
        _ network: NetworkProtocol, _ transport: TransportProtocol, _ vlans: [UInt16], _ minimum: Int
    ) throws {
        var recipe = FrameRecipe()
        recipe.network = network
        recipe.transport = transport
        recipe.vlans = vlans
        recipe.sizeBytes = minimum
        #expect(recipe.minimumBytes == minimum)
        #expect(try FrameBuilder.build(recipe).bytes.count == minimum - 4)
        recipe.sizeBytes = minimum - 1
        #expect(throws: FrameError.tooSmall(sizeBytes: minimum - 1, minimumBytes: minimum)) {
            try FrameBuilder.build(recipe)
        }
    }

    @Test func fieldsOutOfRangeAreErrors() {
        func expect(_ error: FrameError, _ change: (inout FrameRecipe) -> Void) {
            var recipe = FrameRecipe()
            recipe.sizeBytes = 200
            change(&recipe)
            #expect(throws: error) { try FrameBuilder.build(recipe) }
        }
        expect(.badVLAN(0)) { $0.vlans = [0] }
        expect(.badVLAN(4095)) { $0.vlans = [1, 4095] }
        expect(.tooManyVLANs(3)) { $0.vlans = [1, 2, 3] }
        expect(.badDSCP(64)) { $0.dscp = 64 }
        expect(.tooLarge(sizeBytes: 70_000, maximumBytes: 65_553)) { $0.sizeBytes = 70_000 }
    }

    /// Random recipes, stamped with random signatures: lengths and checksums are right.
    @Test func randomFramesVerify() throws {
        var generator = SeededGenerator()
        for _ in 0..<1500 {
            let recipe = randomRecipe(&generator)
            let template = try FrameBuilder.build(recipe)
            let sent = Signature(
                stream: StreamIdentifier(rawValue: UInt32(truncatingIfNeeded: generator.next())),
                sequence: UInt32(truncatingIfNeeded: generator.next()),
                timestampNanoseconds: generator.next())
            var bytes = template.bytes
            let seen = bytes.withUnsafeMutableBytes { buffer -> Signature? in
                Signature.stamp(
                    buffer.baseAddress!, template.stampPoint, stream: sent.stream, sequence: UInt64(sent.sequence),
                    timestampNanoseconds: sent.timestampNanoseconds)
                return Signature.read(
                    UnsafeRawPointer(buffer.baseAddress!), at: Int(template.stampPoint.signatureOffset),
                    capturedBytes: buffer.count)
            }
            #expect(seen == sent)
            #expect(bytes.count == recipe.sizeBytes - 4)
            #expect(problems(bytes, recipe) == [], "\(recipe)")
        }
    }

    private func randomRecipe(_ generator: inout SeededGenerator) -> FrameRecipe {
        var recipe = FrameRecipe()
        recipe.network = NetworkProtocol.allCases[Int(generator.next() % 3)]
        recipe.transport = TransportProtocol.allCases[Int(generator.next() % 2)]
        recipe.vlans = (0..<Int(generator.next() % 3)).map { _ in 1 + UInt16(generator.next() % 4094) }
        recipe.source = MACAddress(value: generator.next() & 0xFEFF_FFFF_FFFF)
        recipe.sourceIPv4 = IPv4Address(value: UInt32(truncatingIfNeeded: generator.next()))
        recipe.destinationIPv6 = IPv6Address(high: generator.next(), low: generator.next())
        recipe.sourcePort = UInt16(truncatingIfNeeded: generator.next())
        recipe.dscp = UInt8(generator.next() % 64)
        recipe.timeToLive = UInt8(truncatingIfNeeded: generator.next())
        recipe.udpChecksum = generator.next() & 1 == 0
        recipe.sizeBytes = recipe.minimumBytes + Int(generator.next() % 1500)
        return recipe
    }

    /// What a receiver would object to.
    private func problems(_ bytes: [UInt8], _ recipe: FrameRecipe) -> [String] {
        func word(_ offset: Int) -> Int { Int(bytes[offset]) << 8 | Int(bytes[offset + 1]) }
        func sums(to wanted: Int, _ parts: [ArraySlice<UInt8>], _ extra: Int = 0) -> Bool {
            var sum = extra
            for part in parts {
                for (position, byte) in part.enumerated() { sum += position % 2 == 0 ? Int(byte) << 8 : Int(byte) }
            }
            while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
            return sum == wanted
        }
        var problems: [String] = []
        let network = 14 + 4 * recipe.vlans.count
        let etherType = [NetworkProtocol.ipv4: 0x0800, .ipv6: 0x86DD, .raw: 0x88B5][recipe.network]
        if word(network - 2) != etherType { problems.append("EtherType") }
        guard recipe.network != .raw else { return problems }
        let isIPv4 = recipe.network == .ipv4
        let transport = network + (isIPv4 ? 20 : 40)
        if isIPv4 {
            if word(network + 2) != bytes.count - network { problems.append("total length") }
            if !sums(to: 0xFFFF, [bytes[network..<transport]]) { problems.append("header checksum") }
        } else if word(network + 4) != bytes.count - transport {
            problems.append("payload length")
        }
        let isUDP = recipe.transport == .udp
        if isUDP && word(transport + 4) != bytes.count - transport { problems.append("UDP length") }
        let checksum = word(transport + (isUDP ? 6 : 16))
        if isUDP && isIPv4 && !recipe.udpChecksum {
            if checksum != 0 { problems.append("a checksum nobody asked for") }
        } else {
            let addresses = isIPv4 ? bytes[(network + 12)..<transport] : bytes[(network + 8)..<transport]
            let pseudo = bytes.count - transport + (isUDP ? 17 : 6)
            if checksum == 0 { problems.append("checksum of zero") }
            if !sums(to: 0xFFFF, [addresses, bytes[transport...]], pseudo) { problems.append("transport checksum") }
        }
        return problems
    }
}

@Suite struct SignatureTests {
    @Test func aFrameThatEndsBeforeItHasNone() {
        let bytes = [UInt8](repeating: 0x76, count: 80)
        bytes.withUnsafeBytes {
            #expect(Signature.read($0.baseAddress!, at: 63, capturedBytes: 80) == nil)
            #expect(Signature.read($0.baseAddress!, at: -1, capturedBytes: 80) == nil)
            #expect(Signature.read($0.baseAddress!, at: 0, capturedBytes: 17) == nil)
        }
    }

    @Test func theLayoutIsBigEndian() {
        var bytes = [UInt8](repeating: 0, count: 20)
        bytes.withUnsafeMutableBytes {
            Signature.stamp(
                $0.baseAddress!, StampPoint(signatureOffset: 1), stream: StreamIdentifier(rawValue: 0x0102_0304), sequence: 0x99_0506_0708,
                timestampNanoseconds: 0x1112_1314_1516_1718)
        }
        #expect(
            bytes == [0, 0x76, 0x6D, 1, 2, 3, 4, 5, 6, 7, 8, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0])
    }

    @Test func streamsAreEpochWorkerStreamAndKey() {
        let stream = StreamIdentifier(epoch: 0xE7, worker: 0xFA, stream: 0x15, key: 0xF2BC)
        #expect(stream.rawValue == 0xE7 << 24 | 0xFA << 16 | 0x15 << 10 | 0x2BC)
        #expect(stream.epoch == 0xE7 && stream.worker == 0xFA && stream.stream == 0x15 && stream.key == 0x2BC)
        #expect(stream.phaseBits == StreamIdentifier(epoch: 0xE7, worker: 1, key: 0x2BC).phaseBits)
        #expect(stream.phaseBits != StreamIdentifier(epoch: 0xE7, worker: 0xFA, key: 0x2BD).phaseBits)
        #expect(stream.phaseBits != StreamIdentifier(epoch: 0xE8, worker: 0xFA, key: 0x2BC).phaseBits)
    }

    /// The lower 32 bits and what is expected next make the whole number, across each turn of them.
    @Test func sequenceNumbersAreWholeAgain() {
        var generator = SeededGenerator()
        for expected in [0, 1, 70_000, 0xFFFF_FFFF, 0x1_0000_0000, 0x5_8000_0000, 1 << 47] as [UInt64] {
            for distance in [
                0, 1, -1, 65_536, -131_072, Int64(Int32.max), -Int64(Int32.max), Int64.random(in: -9_000_000...9_000_000, using: &generator)
            ] {
                let whole = Int64(expected) + distance
                guard whole >= 0 else { continue }
                #expect(Signature.unwrapped(UInt32(truncatingIfNeeded: whole), near: expected) == UInt64(whole), "\(expected) \(distance)")
            }
        }
        // Before the first frame nothing lies behind.
        #expect(Signature.unwrapped(.max, near: 0) == UInt64(UInt32.max))
    }
}

@Suite struct FrameCheckTests {
    private func stamped(_ recipe: FrameRecipe) throws -> [UInt8] {
        let template = try FrameBuilder.build(recipe)
        var bytes = template.bytes
        bytes.withUnsafeMutableBytes {
            Signature.stamp(
                $0.baseAddress!, template.stampPoint, stream: StreamIdentifier(epoch: 2, worker: 1, key: 77), sequence: 5,
                timestampNanoseconds: 123)
        }
        return bytes
    }

    private func isIntact(_ bytes: [UInt8], _ check: FrameCheck, capturedBytes: Int? = nil, frameBytes: Int? = nil) -> Bool {
        bytes.withUnsafeBytes {
            check.isIntact(
                $0.baseAddress! + check.signatureOffset, capturedBytes: (capturedBytes ?? bytes.count) - check.signatureOffset,
                frameBytes: frameBytes ?? bytes.count)
        }
    }

    /// Every kind of frame: intact as it left, altered by any one byte behind the signature, and by another length.
    @Test func anyDamageBehindTheSignatureIsSeen() throws {
        var generator = SeededGenerator()
        for network in NetworkProtocol.allCases {
            for transport in TransportProtocol.allCases {
                for size in [64, 65, 90, 128, 517, 1518, 9018] {
                    var recipe = FrameRecipe()
                    recipe.network = network
                    recipe.transport = transport
                    if size % 2 == 0 { recipe.vlans = [7] }
                    recipe.sizeBytes = max(size, recipe.minimumBytes)
                    let bytes = try stamped(recipe)
                    let check = FrameCheck(recipe, largestBytes: bytes.count)
                    #expect(isIntact(bytes, check), "\(recipe)")
                    #expect(!isIntact(bytes, check, frameBytes: bytes.count - 1))
                    #expect(!isIntact(bytes, check, frameBytes: bytes.count + 4))
                    let behind = recipe.headerBytes + Signature.byteCount
                    for _ in 0..<40 where bytes.count > behind {
                        var damaged = bytes
                        let place = Int.random(in: behind..<bytes.count, using: &generator)
                        damaged[place] ^= UInt8.random(in: 1 ... .max, using: &generator)
                        #expect(!isIntact(damaged, check), "\(recipe) byte \(place)")
                        // What was not captured can't be judged, and is no damage.
                        #expect(isIntact(damaged, check, capturedBytes: place) || place < check.lengthEnd)
                    }
                    // A router's and a NAT's work in front of the signature is no damage.
                    var routed = bytes
                    routed[0] ^= 0xFF
                    if network == .ipv4 { routed[recipe.headerBytes - 20 - (transport == .udp ? 8 : 20) + 8] -= 1 }
                    #expect(isIntact(routed, check))
                }
            }
        }
    }
}
