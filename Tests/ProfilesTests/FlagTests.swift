import Plans
import Testing

@testable import Profiles

/// Flags go through the same table as profiles.
@Suite struct FlagTests {
    /// Spellings that once were taken in one of the two only, besides the examples of the table.
    static let spellings: [(PlanField, String)] = [
        (.retire, "10ms"), (.retire, "10"), (.retire, "1s"), (.vlans, "7,8"), (.vlans, "[7, 8]"), (.vlans, "7 , 8"), (.snapBytes, "1KiB"),
        (.transmitCPUs, "0-3"), (.transmitCPUs, "[2, 0-1]"), (.receiveCPUs, "auto"), (.size, "[64, 512, 1518]"), (.size, "IMIX"),
        (.gro, "Yes"), (.force, "off"), (.engine, "RING"), (.frameCount, "1e6"), (.rate, "1G"), (.interval, "1m30s"), (.mtu, "9k"),
        (.transmitWorkers, "1k"), (.seed, "1_000"), (.blockBytes, "2MB"), (.retire, "1500us"), (.retire, "2000"), (.retire, "-1"),
        (.dscp, "64"),
        (.timeToLive, "0"), (.warmup, "2h"), (.busyPoll, "50us"), (.snapBytes, "-1"), (.transmitCPUs, "3-1"), (.udpChecksum, "1")
    ]

    /// As a shell gives it: quotes are YAML's.
    @Test(arguments: SettingTableTests.samples.map { ($0.0, $0.1.filter { $0 != "\"" }) } + spellings)
    func bothTakeTheSameOrRefuseItInTheSameWords(_ field: PlanField, _ value: String) throws {
        var draft = PlanDraft()
        let flag = Result { try draft.set(field, toFlag: value) }
        let profile = Result { try SettingTableTests.profile(field, "\"\(value)\"").draft }
        switch (flag, profile) {
        case (.success, .success(let read)):
            #expect(draft == read)
            #expect(draft.origin(of: field) == .flag)
        case (.failure(let flag), .failure(let profile)):
            let flag = try #require((flag as? ProfileError)?.problems.first)
            let profile = try #require((profile as? ProfileError)?.problems.first)
            #expect(flag.message == profile.message && flag.remedy == profile.remedy && flag.remedy != nil)
        default: Issue.record("flag: \(flag), profile: \(profile)")
        }
    }

    /// What a plan refuses and what a parser refuses alike.
    @Test(
        arguments: [
            (.retire, "2000", "1 ms to 1000 ms"), (.warmup, "2h", "0 s to 1 h"), (.duration, "x", "1 ms to 720 h"),
            (.dscp, "64", "0 to 63"),
            (.dscp, "256", "0 to 63"), (.blockBytes, "x", "4 KiB to 16 MiB"), (.mtu, "x", "68 to 65535"), (.repeats, "0", "1 to 10000"),
            (.snapBytes, "x", "to 262144"), (.retire, "x", "1ms to 1000ms"), (.interval, "-1s", "10 ms to 1 h")
        ] as [(PlanField, String, String)])
    func everyRefusalNamesTheRange(_ field: PlanField, _ value: String, _ range: String) throws {
        var draft = PlanDraft()
        do throws(ProfileError) {
            try draft.set(field, toFlag: value)
            let errors = TrialPlan.errors(in: draft, limits: PlanLimits()).map(\.description)
            #expect(errors.count == 1 && errors.allSatisfy { $0.contains(range) }, "\(errors)")
        } catch {
            #expect(error.problems[0].sentence.contains(range), "\(error.problems[0].sentence)")
        }
    }

    @Test func autoTakesBackWhatTheProfileSays() throws {
        let profile = try ProfileLoader.parse("transmit:\n  cpus: [0]\n  threads: 1\n", file: "t.yaml")
        var flags = PlanDraft()
        try flags.set(.transmitCPUs, toFlag: "auto")
        let plan = try profile.plan(applying: flags, limits: PlanLimits())
        #expect(plan.transmit.cpus == nil && plan.transmit.workers == 1)
    }

    @Test func aPlanSaysWhereItsSettingsComeFrom() throws {
        let profile = try ProfileLoader.parse("frame:\n  vlans: [7, 8]\n  source-ip: 192.0.2.1\ntransmit:\n  cpus: [0]\n", file: "t.yaml")
        var flags = PlanDraft()
        try flags.set(.retire, toFlag: "10ms")
        try flags.set(.transmitCPUs, toFlag: "auto")
        let draft = profile.draft.applying(flags), plan = try TrialPlan(draft, limits: PlanLimits())
        let settled = draft.settled(in: plan)
        #expect(settled.map(\.field) == PlanField.allCases)
        func setting(_ field: PlanField) throws -> SettledSetting { try #require(settled.first { $0.field == field }) }
        #expect(try setting(.vlans).value == "7,8" && setting(.sourceIP).value == "192.0.2.1")
        #expect(try setting(.vlans).origin == .profile(file: "t.yaml", place: SourcePlace(line: 2, column: 10)))
        #expect(try setting(.retire).value == "10 ms" && setting(.retire).origin == .flag)
        #expect(try setting(.transmitCPUs).value == "automatic" && setting(.transmitCPUs).origin == .standard)
        #expect(try setting(.engine).value == "gso")
        #expect(try setting(.engine).origin == .automatic(reason: plan.transmit.engineReason ?? ""))
        #expect(try setting(.dscp).value == "0" && setting(.dscp).origin == .standard)
    }

    @Test func everyValueHasAnOrigin() throws {
        let profile = try ProfileLoader.parse("frame:\n  size: 128\nrun:\n  seed: 7\n", file: "t.yaml")
        var flags = PlanDraft()
        try flags.set(.seed, toFlag: "8")
        let draft = profile.draft.applying(flags)
        #expect(draft.origin(of: .size) == .profile(file: "t.yaml", place: SourcePlace(line: 2, column: 9)))
        #expect(draft.origin(of: .seed) == .flag && draft.run.seed == 8)
        #expect(draft.origin(of: .mtu) == .standard && draft.link.mtuBytes == nil)
    }

    @Test(
        arguments: [
            (
                .size, "big",
                "--size is 'big' but must be one or more sizes from 64 to 65561, as in 64, [64, 512, 1518], 64:7,1518:1, 64-1518 or imix"
            ),
            (.engine, "rign", "--engine is 'rign' but must be auto, ring, gso, mmsg, af-xdp, xdp or null; did you mean 'ring'?"),
            (.receiveWorkers, "", "--rx-threads is '' but must be 1 to 256"),
            (.vlans, "null", "--vlan is 'null' but must be a list of VLAN ids, each 1 to 4094"),
            (
                .duration, "-1s",
                "--time is '-1s', which is negative, but must be 10, 10s, 500ms, 250us, 100ns, 3m or 1h; "
                    + "a number alone means seconds"
            )
        ] as [(PlanField, String, String)])
    func aWrongFlagIsNamed(_ field: PlanField, _ value: String, _ sentence: String) {
        var draft = PlanDraft()
        let error = #expect(throws: ProfileError.self) { try draft.set(field, toFlag: value) }
        #expect(error?.description == sentence)
        #expect(draft == PlanDraft())
    }
}
