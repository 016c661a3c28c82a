import Memory
import TestSupport
import Testing

@testable import Frames
@testable import Traffic

@Suite struct FrameProgramTests {
    /// Stamped, as it leaves.
    private func stamped(_ template: FrameTemplate, _ sequence: UInt64) -> [UInt8] {
        template.stamped(stream: StreamIdentifier(epoch: 2, worker: 0), sequence: sequence, timestampNanoseconds: sequence)
    }

    /// Flows by what the decoder reads, not by what the program knows.
    private func flow(_ frame: DecodedFrame, isRaw: Bool) -> [String] {
        let names =
            isRaw
            ? ["eth.src", "eth.dst"]
            : ["ip.src", "ip.dst", "ipv6.src", "ipv6.dst"] + ["udp", "tcp"].flatMap { ["\($0).srcport", "\($0).dstport"] }
        // Inside of an encapsulation: the innermost.
        return names.compactMap { frame.values($0).last }
    }

    @Test func randomPlansHoldWhatTheyPromise() throws {
        var generator = SeededGenerator()
        for round in 0..<300 {
            let traffic = RandomTraffic(using: &generator, mostValues: 5)
            let program = try traffic.program()
            guard program.cycleFrames <= 4_000 else { continue }
            var different: Set<[UInt8]> = [], flows: Set<[String]> = []
            var sizes: [Int: Int] = [:]
            for index in 0..<program.cycleFrames {
                let template = program.frame(index)
                different.insert(template.bytes)
                sizes[template.bytes.count + 4, default: 0] += 1
                let decoded = FrameDecoder.decode(stamped(template, index))
                #expect(decoded.problems.isEmpty, "plan \(round), frame \(index): \(decoded.problems) \(traffic.arguments)")
                flows.insert(flow(decoded, isRaw: traffic.recipe.network == .raw))
            }
            #expect(UInt64(different.count) == program.differentFrames, "plan \(round): \(traffic.arguments)")
            #expect(UInt64(flows.count) == program.flows, "plan \(round): \(traffic.arguments)")
            let turns = Int(program.cycleFrames) / traffic.sizes.roundLength
            for size in Set(traffic.sizes.round) {
                #expect(sizes[size] == traffic.sizes.round.count { $0 == size } * turns, "plan \(round): \(traffic.arguments)")
            }
        }
    }

    /// Patched slot by slot, with frames refused now and then: the very frames of the program.
    @Test func patchedFramesAreThePrograms() throws {
        var generator = SeededGenerator()
        for round in 0..<300 {
            let traffic = RandomTraffic(using: &generator)
            let program = try traffic.program()
            var patcher = FramePatcher(program)
            var slots = program.bases.map(\.bytes)
            var index: UInt64 = 0
            for step in 0..<UInt64(500) {
                let slot = Int(index % UInt64(slots.count))
                slots[slot].write {
                    patcher.fill(
                        &$0, program.bases[slot].stampPoint, stream: StreamIdentifier(epoch: 2, worker: 0), sequence: index,
                        timestampNanoseconds: index)
                }
                guard slots[slot] == stamped(program.frame(index), index) else {
                    Issue.record("plan \(round), step \(step), frame \(index): \(traffic.arguments)")
                    break
                }
                index += 1
                if Int.random(in: 0..<40, using: &generator) == 0 {
                    let back = UInt64.random(in: 0...min(index, 70), using: &generator)
                    index -= back
                    // A port that passes over refused slots goes on with the slot behind.
                    let skipped = Bool.random(using: &generator) ? 0 : back % UInt64(slots.count)
                    index += skipped
                    patcher.resume(at: Int(index % UInt64(slots.count)), refused: back)
                }
            }
        }
    }

    /// All names that plans may vary, set to a value, are read again by the decoder under the same name.
    @Test func eachFieldIsWhereTheDecoderFindsIt() throws {
        var found: Set<String> = []
        for network in NetworkProtocol.allCases {
            for transport in TransportProtocol.allCases {
                var recipe = FrameRecipe()
                recipe.network = network
                recipe.transport = transport
                recipe.vlans = [17, 18]
                recipe.sizeBytes = 192
                for carrier in network == .raw ? [nil] : Self.carriers {
                    recipe.encapsulation = carrier
                    try checkFields(of: recipe, &found)
                }
            }
        }
        #expect(found == FieldSpot.names)
    }

    private static let carriers = ["none", "vxlan:70000", "gre:9", "mpls:16/17"].map { Encapsulation($0) }

    private func checkFields(of recipe: FrameRecipe, _ found: inout Set<String>) throws {
        for (name, spot) in Headers(recipe).spots {
            // A source MAC address is a unicast one.
            let value = spot.form == .mac ? 0x0255_5555_5556 : spot.range.upperBound / 3 + 1
            let rule = FieldModifier("\(name)=\(value)")!
            let program = try FrameProgram(recipe, sizes: FrameSizes(sizeBytes: 192)!, modifiers: [rule])
            let decoded = FrameDecoder.decode(stamped(program.frame(0), 0))
            #expect(decoded.problems.isEmpty, "\(name): \(decoded.problems)")
            found.insert(name)
            let plain = name.split(separator: "#").first.map(String.init) ?? name
            guard FieldCatalogue.names.contains(plain) else { continue }
            let expected: String =
                switch spot.form {
                case .number: "\(value)"
                case .mac: "\(MACAddress(value: UInt64(value)))"
                case .ipv4: "\(IPv4Address(value: UInt32(value)))"
                case .ipv6: "\(IPv6Address(high: UInt64(value >> 64), low: UInt64(truncatingIfNeeded: value)))"
                }
            let values = decoded.values(plain)
            // `#n` is the n-th of its kind; without a number it is the innermost. An outer IP header has no such field of its own.
            let number = name.split(separator: "#").dropFirst().first.flatMap { Int($0) } ?? values.count
            let text = values.indices.contains(number - 1) ? values[number - 1] : "nothing"
            let decimal = text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16).map { "\($0)" } ?? text : text
            #expect(decimal == expected || decimal == (expected == "1" ? "True" : ""), "\(name): \(text)")
        }
    }

    @Test func millionsOfFlowsAreAllDifferent() throws {
        let program = try FrameProgram(FrameRecipe(), sizes: FrameSizes(sizeBytes: 64)!, flows: 300_007)
        #expect(program.flows == 300_007 && program.cycleFrames == 300_007)
        var seen: Set<UInt64> = []
        for index in 0..<UInt64(300_007) {
            let bytes = program.frame(index).bytes
            seen.insert(bytes[26..<30].reduce(0) { $0 << 8 | UInt64($1) } << 16 | UInt64(bytes[34]) << 8 | UInt64(bytes[35]))
        }
        #expect(seen.count == 300_007)
        #expect(program.frame(0) == program.frame(300_007))
    }

    @Test(arguments: [UInt64(1), 2, 3, 255, 256, 4_094, 65_536, 100_000]) func shufflesHitEachOnce(_ size: UInt64) {
        let shuffle = Shuffle(size: size, seed: 7), other = Shuffle(size: size, seed: 8)
        let order = (0..<size).map { shuffle[$0] }
        #expect(Set(order) == Set(0..<size))
        #expect(size < 255 || order != Array(0..<size) && order != (0..<size).map { other[$0] })
    }

    @Test(arguments: [
        ("ip.src=10.0.0.0/30", ["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3"]),
        ("ip.src=10.0.0.9..10.0.0.5/2", ["10.0.0.9", "10.0.0.7", "10.0.0.5"]),
        ("ip.src=10.0.0.1|10.0.0.2*2", ["10.0.0.2", "10.0.0.1", "10.0.0.2"]), ("sourceIPv4=dec:2", ["198.18.0.1", "198.18.0.0"]),
        ("bytes[29]=7..8", ["198.18.0.7", "198.18.0.8"])
    ])
    func valuesComeInOrder(_ text: String, _ expected: [String]) throws {
        let rule = try #require(FieldModifier(text))
        #expect("\(rule)" == text)
        let program = try FrameProgram(FrameRecipe(), sizes: FrameSizes(sizeBytes: 64)!, modifiers: [rule])
        #expect((0..<program.cycleFrames).flatMap { FrameDecoder.decode(program.frame($0).bytes).values("ip.src") } == expected)
    }

    @Test func independentRulesMakeEveryCombination() throws {
        let rules = ["ip.src=inc:4", "udp.dstport=inc:6"].map { FieldModifier($0)! }
        let apart = try FrameProgram(FrameRecipe(), sizes: .imix, modifiers: rules)
        #expect(apart.cycleFrames == 12 * 24 && apart.flows == 24 && apart.differentFrames == 3 * 24)
        let together = try FrameProgram(
            FrameRecipe(), sizes: FrameSizes(sizeBytes: 64)!, modifiers: [FieldModifier("ip.src=inc:4+udp.dstport=inc:4")!])
        #expect(together.cycleFrames == 4 && together.flows == 4)
    }

    @Test(arguments: [
        "udp.length=inc:2", "nosuch=inc:1", "ip.src", "ip.src=10.0.0.1/8", "ip.src=10.0.0.0/33", "ip.src=1..2..3", "udp.srcport=5*0",
        "bytes[9..2]=inc:1",
        "bytes[0..8]=inc:1", "ip.src=inc:1+", "ipv6.src=2001:db8::/32"
    ])
    func whatIsNoRuleIsNil(_ text: String) { #expect(FieldModifier(text) == nil) }

    @Test(arguments: [
        (["ip.src=inc:2", "bytes[26]=inc:2"], "no other rule has"), (["udp.srcport=inc:65537"], "at most 65536"),
        (["ip.ttl=0"], "1 to 255"),
        (["ip.src=2001:db8::1"], "IPv4 addresses"), (["bytes[16..17]=inc:2"], "no type, length or checksum"),
        (["udp.dstport=inc:5:65536"], "at most 1"),
        (["udp.dstport=65000..70000"], "numbers from 0 to 65535"), (["udp.dstport=65530..65540/10"], "numbers from 0 to 65535"),
        (["ip.ttl=3..0"], "1 to 255"), (["bytes[29]=200..256"], "0 to 255"),
        (["ip.src=inc:3+ip.dst=inc:4"], "as many values"), (["eth.src=01:00:5e:00:00:01"], "unicast")
    ])
    func badRulesAreNamed(_ texts: [String], _ words: String) throws {
        do {
            _ = try FrameProgram(FrameRecipe(), sizes: FrameSizes(sizeBytes: 64)!, modifiers: texts.map { try #require(FieldModifier($0)) })
            Issue.record("\(texts) passed")
        } catch let error as FrameError {
            #expect("\(error)".contains(words), "\(error)")
        }
    }
}
