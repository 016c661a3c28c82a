import Foundation
import Frames
import Metrics
import Testing
import Traffic

@testable import Plans

@Suite struct StreamRequestTests {
    private func read(_ input: SettingInput) throws -> [StreamRequest] {
        try #require(try SettingTable.shared.frame.streams.kind.parse(input))
    }

    private func plan(_ text: String, _ change: (inout PlanDraft) -> Void = { _ in }) throws -> TrialPlan {
        var draft = PlanDraft()
        draft.frame.streams = try read(SettingInput(flag: text))
        change(&draft)
        return try TrialPlan(draft, limits: PlanLimits(cpuCount: 2))
    }

    @Test func textAndMappingSayTheSame() throws {
        let text = try read(SettingInput(flag: "voice share=2 size=64,200 dscp=46; bulk destination-port=53"))
        func mapping(_ pairs: [(String, String)]) -> SettingInput {
            SettingInput(.mapping { pairs.map { (key: $0, value: SettingInput(.text($1))) } })
        }
        let list = SettingInput(
            .list {
                [
                    mapping([("name", "voice"), ("share", "2"), ("size", "64,200"), ("dscp", "46")]),
                    mapping([("name", "bulk"), ("destination-port", "53")])
                ]
            })
        #expect(try read(list) == text)
        #expect(text.map(\.name) == ["voice", "bulk"] && text[0].share == 2 && text[1].share == nil)
        #expect(text[0].settings.frame.dscp == 46 && text[1].settings.frame.destinationPort == 53)
        // As it is written it is read again.
        let written = SettingTable.shared.frame.streams.kind.text(text)
        #expect(try read(SettingInput(flag: written)) == text, "\(written)")
    }

    @Test(arguments: [
        ("", "0 streams", "1 to 64"), ("share=2", "a stream without a name", "a name"), ("a; a", "'a' twice", "different names"),
        ("a share=0", "whose share is '0'", "1 to 1024"), ("a size=big", "whose size is 'big'", "one or more sizes"),
        ("a sise=64", "a key 'sise'", "of the keys"), ("a 64", "'64' is no KEY=VALUE", "KEY=VALUE"),
        ("a size=64 size=65", "says 'size' twice", "one value"), ("a share=1 rate=5kpps", "with share and rate", "one of the two"),
        ("a share=1 shape=poisson", "with share and shape", "a rate of the stream's own"),
        ("a rate=1kpps shape=wavy", "whose shape is 'wavy'", "a shape that there is"), ("a rate=5", "whose rate is '5'", "pps"),
        ("über", "whose name is", "a word"),
        ("a streams=b", "a key 'streams'", "of the keys")
    ])
    func whatCantBeReadIsTold(_ text: String, _ found: String, _ allowed: String) throws {
        do throws(SettingProblem) {
            let streams = try SettingTable.shared.frame.streams.kind.parse(SettingInput(flag: text))
            Issue.record("\(String(describing: streams))")
        } catch {
            let message = error.message(allowed: SettingTable.shared.frame.streams.allowed)
            #expect(message.contains(found) && message.contains(allowed), "\(message)")
        }
    }

    @Test func streamsHaveTheFrameBelowThem() throws {
        let plan = try plan("a size=200; b size=64 source-port=9") {
            $0.frame.dscp = 10
            $0.frame.sourcePort = 7
        }
        let streams = try #require(plan.streams)
        #expect(streams.map(\.frame.dscp) == [10, 10] && streams.map(\.frame.sourcePort) == [7, 9])
        #expect(plan.frame == streams[0].frame)
        #expect(plan.mix.meanSizeBytes == 132 && plan.mix.largestSizeBytes == 200)
        #expect(plan.transmit.engine == .ring && plan.transmit.engineReason == "streams take turns frame by frame")
    }

    /// Any rates will do, and shapes with rates of their own have none beside them.
    @Test func shapesMakePaces() throws {
        let text =
            "a rate=12345.5pps shape=poisson size=64; b rate=1kpps size=164; c shape=steps:0,2kpps/10ms size=264; d shape=ramp:1kpps..3kpps"
        let requests = try read(SettingInput(flag: text))
        #expect(try read(SettingInput(flag: SettingTable.shared.frame.streams.kind.text(requests))) == requests)
        let plan = try plan(text) { $0.load.durationNanoseconds = 2_000_000_000 }
        let streams = try #require(plan.streams)
        #expect(streams.map { $0.pace?.rate.packetsPerSecond } == [12_345.5, 1_000, 1_000, 2_000])
        #expect(streams.map { $0.pace?.shape } == requests.map { $0.shape ?? .constant })
        #expect(streams[3].course == [RateStretch(durationNanoseconds: 2_000_000_000, fromPps: 1_000, toPps: 3_000)])
        #expect(plan.load.packetRate?.packetsPerSecond == 16_345.5 && plan.load.shape == .constant && plan.load.course == nil)
        #expect(plan.transmit.engine == .ring && plan.mix.slotCycle == 1 && plan.isShaped)
        #expect(streams.map(\.share) == [755, 61, 61, 122])
        #expect(abs(plan.mix.meanSizeBytes - (12_345.5 * 64 + 1_000 * 164 + 1_000 * 264 + 2_000 * 64) / 16_345.5) < 1e-9)
        #expect(plan.burstGapNanoseconds(ofStream: 1) == 500_000)
        // A plan is asked for again by what it says.
        let again = try TrialPlan(PlanDraft(naming: plan), limits: PlanLimits(cpuCount: 2))
        #expect(again.streams == plan.streams && again.load == plan.load)
        let coded = try JSONDecoder().decode(TrialPlan.self, from: JSONEncoder().encode(plan))
        #expect(coded == plan)
    }

    /// Steps say how long a run is, where nobody else does: the longest of them.
    @Test func theLongestShapeIsTheRunsTime() throws {
        let plan = try plan("a shape=steps:1kpps,2kpps/700ms; b shape=steps:1kpps,0,2kpps/1s; c rate=1kpps")
        #expect(plan.load.durationNanoseconds == 3_000_000_000)
    }

    @Test(arguments: [
        ("a shape=poisson; b rate=1kpps", PlanField.streams, "shape poisson and no rate in stream a"),
        ("a rate=1kpps shape=poisson; b", .streams, "no rate in stream b"),
        ("a rate=1kpps shape=poisson; b share=2", .streams, "no rate in stream b"),
        ("a rate=1kpps shape=ramp:0..5kpps; b rate=1kpps", .streams, "with rate and shape ramp:0..5kpps in stream a"),
        ("a shape=steps:10%/1s; b rate=1kpps", .streams, "a shape that is steps:10%/1s in stream a"),
        ("a rate=1kpps shape=file:/nowhere.csv", .streams, "with rate and shape file:/nowhere.csv in stream a"),
        ("a shape=file:/nowhere.csv; b rate=1kpps", .streams, "in stream a"), ("a shape=file:/nowhere.csv", .streams, "in stream a"),
        ("a rate=900gpps shape=on-off:1us,1h", .streams, "a shape that is on-off:1")
    ])
    func pacesThatCantBeHadAreRefused(_ text: String, _ field: PlanField, _ found: String) throws {
        var draft = PlanDraft()
        draft.frame.streams = try read(SettingInput(flag: text))
        let errors = TrialPlan.errors(in: draft, limits: PlanLimits(cpuCount: 2))
        #expect(errors.first?.field == field && errors.first?.found?.contains(found) == true, "\(errors)")
        #expect(errors.count == 1, "\(errors)")
    }

    /// A shape or a rate of all, engines without slots for any frame, and a ramp without an end.
    @Test func pacesGoWithNoOtherPace() throws {
        func errors(_ change: (inout PlanDraft) -> Void) throws -> [PlanField] {
            var draft = PlanDraft()
            draft.frame.streams = try read(SettingInput(flag: "a rate=1kpps shape=poisson; b rate=1kpps"))
            change(&draft)
            return TrialPlan.errors(in: draft, limits: PlanLimits(cpuCount: 2)).map(\.field)
        }
        #expect(try errors { _ in } == [])
        #expect(try errors { $0.load.shape = .bursts(frames: 8) } == [.shape])
        #expect(try errors { $0.load.rate = .packets(PacketRate(packetsPerSecond: 5)) } == [.rate])
        #expect(try errors { $0.transmit.engine = .gso } == [.engine])
        #expect(try errors { $0.transmit.engine = .xdp }.contains(.engine))
        #expect(
            try errors {
                $0.frame.streams?[1].rate = nil
                $0.frame.streams?[1].shape = .ramp(from: .none, to: .some(.packets(PacketRate(packetsPerSecond: 1_000))))
                $0.load.frameCount = 10
            } == [.streams])
        // One stream alone is a load of its own pace, and no engine that shares headers takes it.
        var one = PlanDraft()
        one.frame.streams = try read(SettingInput(flag: "a rate=1kpps shape=poisson"))
        #expect(try TrialPlan(one, limits: PlanLimits(cpuCount: 2)).transmit.engine == .ring)
        one.transmit.engine = .gso
        #expect(TrialPlan.errors(in: one, limits: PlanLimits(cpuCount: 2)).map(\.field) == [.engine])
    }

    @Test func ratesMakeShares() throws {
        let plan = try plan("a rate=8kpps; b rate=20kpps; c rate=500pps")
        #expect(plan.streams?.map(\.share) == [16, 40, 1])
        #expect(plan.load.packetRate?.packetsPerSecond == 28_500)
    }

    @Test(arguments: [
        ("a rate=1kpps; b", "rates for 1 of 2"), ("a share=1024; b share=1", "shares that sum up to 1025"),
        ("a rate=1pps; b rate=1mpps", "rates of"), ("a size=60; b", "60"), ("a dscp=64; b", "64 in stream a"),
        ("a size=64 network=ipv6; b", "in stream a"), ("a size=2000; b", "2000 (a)"),
        ("a share=7 size=64-1063; b share=3 size=64-1062; c share=5 size=64-1060", "slots pass")
    ])
    func whatNoLinkCanCarryIsTold(_ text: String, _ found: String) throws {
        do {
            let plan = try plan(text) { $0.link.mtuBytes = 1500 }
            Issue.record("\(plan.mix.slotCycle) \(plan.mix.streams.map(\.share))")
        } catch let error as PlanError {
            #expect(error.description.contains(found), "\(error.description)")
        } catch let error as SettingProblem {
            #expect(error.message(allowed: "").contains(found), "\(error.found)")
        }
    }

    @Test(arguments: [EngineName.gso, .xdp]) func enginesThatShareHeadersRefuse(_ engine: EngineName) {
        #expect(throws: PlanError.self) { try plan("a; b") { $0.transmit.engine = engine } }
    }

    @Test func aProgramAtTheOtherEndRefuses() {
        #expect(throws: PlanError.self) {
            try plan("a; b") {
                $0.transmit.engine = .ring
                $0.receive.receiver = .xdp
            }
        }
    }

    /// A stream's frames are what a plan of that stream alone has.
    @Test func aStreamIsAPlanOfItsOwn() throws {
        let both = try plan("a share=3 size=64,128 flows=5; b size=200 vlans=7")
        let alone = try plan("b size=200 vlans=7")
        let frames = plannedFrames(both), single = plannedFrames(alone)
        let ofB = try (0..<40 as Range<UInt64>).map { try frames($0) }.filter { $0.stream == 1 }
        #expect(ofB.count == 10)
        for (index, frame) in ofB.enumerated() {
            var expected = try single(UInt64(index)).bytes, bytes = frame.bytes
            // Signature and checksum tell numbers.
            for range in [40..<42, 14 + 4 + 28..<14 + 4 + 28 + 18, 14 + 4 + 26..<14 + 4 + 28] {
                for byte in range { (expected[byte], bytes[byte]) = (0, 0) }
            }
            #expect(bytes == expected)
        }
    }

    private func plannedFrames(_ plan: TrialPlan) -> (UInt64) throws -> PlannedFrames.Frame {
        let addresses = (MACAddress(value: 0x0200_0000_0001), MACAddress(value: 0x0200_0000_0002))
        return { try PlannedFrames(plan, transmitAddress: addresses.0, receiveAddress: addresses.1).frame($0) }
    }
}
