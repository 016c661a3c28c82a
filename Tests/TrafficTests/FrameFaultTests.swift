import Memory
import TestSupport
import Testing

@testable import Frames
@testable import Traffic

/// Every fault is the one that was asked for, in every frame, and nothing else differs from the frame that is right.
@Suite struct FrameFaultTests {
    private static let stacks: [(NetworkProtocol, TransportProtocol)] = NetworkProtocol.allCases.flatMap { network in
        TransportProtocol.allCases.map { (network, $0) }
    }

    private func recipe(_ network: NetworkProtocol, _ transport: TransportProtocol, _ faults: Set<FrameFault>) -> FrameRecipe {
        var recipe = FrameRecipe()
        recipe.network = network
        recipe.transport = transport
        recipe.udpChecksum = true
        recipe.vlans = [7]
        recipe.sizeBytes = 200
        recipe.faults = faults
        return recipe
    }

    private func stamped(_ template: FrameTemplate, _ sequence: UInt64 = 5) -> [UInt8] {
        template.stamped(stream: StreamIdentifier(epoch: 2, worker: 1, key: 77), sequence: sequence, timestampNanoseconds: sequence &* 977)
    }

    private func word(_ bytes: [UInt8], _ offset: Int) -> Int { Int(bytes[offset]) << 8 | Int(bytes[offset + 1]) }

    /// Where the frame differs, by the bytes that each fault may touch; checksums that cover a wrong field follow it.
    private func allowed(_ fault: FrameFault, _ network: NetworkProtocol, _ transport: TransportProtocol) -> Set<Int> {
        let ip = 18, above = ip + (network == .ipv4 ? 20 : 40)
        let headerChecksum: Set<Int> = network == .ipv4 ? [ip + 10, ip + 11] : []
        let checksum = above + (transport == .udp ? 6 : 16)
        let transportChecksum: Set<Int> = [checksum, checksum + 1]
        switch fault {
        case .ipChecksum: return headerChecksum
        case .ipLength:
            let length = ip + (network == .ipv4 ? 2 : 4)
            return headerChecksum.union([length, length + 1])
        case .ipHeader: return headerChecksum.union([ip])
        case .udpLength: return transportChecksum.union([above + 4, above + 5])
        case .tcpHeader: return transportChecksum.union([above + 12])
        case .transportChecksum, .zeroChecksum: return transportChecksum
        // Of a size, and no byte of its own.
        case .runt: return []
        }
    }

    @Test func nothingElseIsTouched() throws {
        for (network, transport) in Self.stacks {
            let right = stamped(try FrameBuilder.build(recipe(network, transport, [])))
            for fault in FrameFault.allCases {
                let wrong = stamped(try FrameBuilder.build(recipe(network, transport, [fault])))
                let differing = Set(right.indices.filter { right[$0] != wrong[$0] })
                guard network != .raw, fault.applies(to: network, transport) else {
                    // UDP over IPv4 may have no checksum, and a word for it is still a word for it.
                    if fault != .zeroChecksum { #expect(differing.isEmpty, "\(fault) \(network) \(transport)") }
                    continue
                }
                #expect(!differing.isEmpty && differing.isSubset(of: allowed(fault, network, transport)), "\(fault): \(differing.sorted())")
            }
        }
    }

    @Test func fieldsAreWrongByWhatIsSaid() throws {
        func bytes(_ network: NetworkProtocol, _ transport: TransportProtocol, _ fault: FrameFault) throws -> [UInt8] {
            stamped(try FrameBuilder.build(recipe(network, transport, [fault])))
        }
        let four = try bytes(.ipv4, .udp, .ipLength)
        #expect(word(four, 20) == 196 - 18 + 8 && InternetChecksum.of(four[18..<38]) == 0)
        #expect(word(try bytes(.ipv6, .tcp, .ipLength), 22) == 196 - 58 + 8)
        let short = try bytes(.ipv4, .udp, .ipHeader)
        #expect(short[18] == 0x44 && InternetChecksum.of(short[18..<38]) == 0)
        #expect(word(try bytes(.ipv4, .udp, .udpLength), 42) == 196 - 38 + 8)
        #expect(try bytes(.ipv4, .tcp, .tcpHeader)[50] == 0x40)
        #expect(word(try bytes(.ipv6, .udp, .zeroChecksum), 64) == 0)
        #expect(word(try bytes(.ipv4, .tcp, .zeroChecksum), 54) == 0)
    }

    /// Both checksums, in ten thousand frames of all sums: never right, and still those of their own frame.
    @Test func wrongChecksumsAreWrongInEveryFrame() throws {
        var generator = SeededGenerator()
        for _ in 0..<10_000 {
            var one = recipe(
                Bool.random(using: &generator) ? .ipv4 : .ipv6, TransportProtocol.allCases.randomElement(using: &generator)!,
                [.transportChecksum, .ipChecksum])
            one.sourceIPv4 = IPv4Address(value: UInt32.random(in: 0 ... .max, using: &generator))
            one.sourcePort = UInt16.random(in: 0 ... .max, using: &generator)
            one.udpChecksum = false
            let frame = stamped(try FrameBuilder.build(one), UInt64.random(in: 0...0xFFFF_FFFF, using: &generator))
            let decoded = FrameDecoder.decode(frame)
            let isFour = one.network == .ipv4
            #expect(decoded.problems.count == (isFour ? 2 : 1), "\(decoded.problems)")
            let header = one.headerBytes - (one.transport == .udp ? 8 : 20)
            if isFour { #expect(InternetChecksum.folded(InternetChecksum.sum(frame[18..<header])) == 0xFFFE) }
        }
    }

    /// The sum that is kept of the rest makes the fault too: patched slot by slot, the very frames of the program.
    @Test func patchedFramesHaveTheSameFault() throws {
        var generator = SeededGenerator()
        for round in 0..<200 {
            let traffic = RandomTraffic(using: &generator)
            var recipe = traffic.recipe
            recipe.faults = Set(FrameFault.allCases.filter { _ in Bool.random(using: &generator) })
            if recipe.faults.contains(.zeroChecksum) { recipe.faults.remove(.transportChecksum) }
            let program = try FrameProgram(
                recipe, sizes: traffic.sizes, modifiers: traffic.modifiers, flows: traffic.flows, seed: traffic.seed)
            var patcher = FramePatcher(program)
            var slots = program.bases.map(\.bytes)
            for index in 0..<UInt64(200) {
                let slot = Int(index % UInt64(slots.count))
                slots[slot].write {
                    patcher.fill(
                        &$0, program.bases[slot].stampPoint, stream: StreamIdentifier(epoch: 2, worker: 1, key: 77), sequence: index,
                        timestampNanoseconds: index &* 977)
                }
                guard slots[slot] == stamped(program.frame(index), index) else {
                    Issue.record("plan \(round), frame \(index): \(recipe.faults) \(traffic.arguments)")
                    break
                }
            }
            // And what the builder makes of the first frame's recipe, where no rule changes it.
            guard traffic.modifiers.isEmpty, traffic.flows == nil else { continue }
            recipe.sizeBytes = traffic.sizes.round[0]
            #expect(stamped(program.frame(0)) == stamped(try FrameBuilder.build(recipe)), "\(recipe)")
        }
    }

    /// Down to a signature and its length behind the header, and no shorter; tags come on top.
    @Test func runtsAreAsShortAsTheirSignatureAllows() throws {
        for (tags, least) in [([], 38), ([7], 42), ([7, 8], 46)] as [([UInt16], Int)] {
            for size in least..<EthernetWire.minimumFrameBytes {
                var one = recipe(.raw, .udp, [.runt])
                one.vlans = tags
                one.sizeBytes = size
                let bytes = stamped(try FrameBuilder.build(one))
                #expect(bytes.count == size - 4)
                let check = FrameCheck(one, largestBytes: bytes.count)
                #expect(check.lengthEnd <= bytes.count && bytes.withSignature(check) == true && (bytes + [0]).withSignature(check) == false)
                #expect(size == least || Array(bytes.dropLast()).withSignature(check) == false)
                one.faults = []
                #expect(throws: FrameError.tooSmall(sizeBytes: size, minimumBytes: 64)) { _ = try FrameBuilder.build(one) }
            }
            var one = recipe(.raw, .udp, [.runt])
            one.vlans = tags
            one.sizeBytes = least - 1
            #expect(throws: FrameError.tooSmall(sizeBytes: least - 1, minimumBytes: least)) { _ = try FrameBuilder.build(one) }
        }
    }

    /// A wrong length that left so is none that was altered; any other is.
    @Test func aLengthThatLeftWrongHasToComeSo() throws {
        for (network, transport) in Self.stacks {
            for fault in FrameFault.allCases {
                let one = recipe(network, transport, [fault])
                let bytes = stamped(try FrameBuilder.build(one))
                let right = stamped(try FrameBuilder.build(recipe(network, transport, [])))
                let check = FrameCheck(one, largestBytes: bytes.count)
                func isIntact(_ frame: [UInt8]) -> Bool? { frame.withSignature(check) }
                #expect(isIntact(bytes) == true, "\(fault) \(network) \(transport)")
                #expect(isIntact(Array(bytes.dropLast())) == false)
                #expect(isIntact(bytes + [0]) == false)
                var other = bytes
                other[bytes.count - 1] ^= 1
                #expect(isIntact(other) == false)
                // Somebody on the way who puts the length right has altered the frame.
                if one.excessBytes > 0 { #expect(isIntact(right) == false) }
            }
        }
    }

    @Test func lengthsStopWhereTheirFieldsDo() throws {
        for (network, transport) in Self.stacks where network != .raw {
            for fault in [FrameFault.ipLength, .udpLength] where fault.applies(to: network, transport) {
                var one = recipe(network, transport, [fault])
                one.sizeBytes = EthernetWire.maximumFrameBytes
                #expect(throws: FrameError.self) { _ = try FrameBuilder.build(one) }
                one.sizeBytes = EthernetWire.maximumFrameBytes - EthernetWire.tagBytes - 8
                #expect(FrameCheck(one, largestBytes: 70_000).lengthBase > 0)
                let bytes = stamped(try FrameBuilder.build(one))
                #expect(bytes.withSignature(FrameCheck(one, largestBytes: bytes.count)) == true)
            }
        }
    }
}

extension [UInt8] {
    fileprivate func withSignature(_ check: FrameCheck) -> Bool? {
        check.isIntact(self, signatureAt: check.signatureOffset, wireBytes: count)
    }
}
