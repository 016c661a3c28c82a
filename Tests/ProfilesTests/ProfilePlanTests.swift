import Metrics
import Plans
import Testing

@testable import Profiles

/// What a profile asks for and can't have is told with its line; what a flag asks for, with the flag.
@Suite struct ProfilePlanTests {
    private func problems(
        _ text: String, flags: PlanDraft = PlanDraft(), limits: PlanLimits = PlanLimits()
    ) throws -> String? {
        let profile = try ProfileLoader.parse(text, file: "t.yaml")
        return #expect(throws: ProfileError.self) { try profile.plan(applying: flags, limits: limits) }?.description
    }

    @Test func theProfilesLineIsNamed() throws {
        let text = "link:\n  mtu: 1500\nframe:\n  size: 9018\n"
        #expect(
            try problems(text)
                == "t.yaml:4:9: frame.size is 9018 but must be at most 1518 with an MTU of 1500; "
                + "use smaller frames or --mtu 9000")
    }

    @Test func allProblemsAreToldAtOnce() throws {
        let text = "transmit:\n  threads: 0\nreceive:\n  blocks: 1\nrun:\n  repeats: 0\n"
        #expect(
            try problems(text) == """
                t.yaml:2:12: transmit.threads is 0 but must be 1 to 256; leave it out for 1
                t.yaml:4:11: receive.blocks is 1 but must be 2 to 65536; leave it out for 64
                t.yaml:6:12: run.repeats is 0 but must be 1 to 10000; leave it out for 1
                """)
    }

    @Test func theFlagIsNamedWhereItOverrides() throws {
        var flags = PlanDraft()
        flags.transmit.workers = 300
        #expect(
            try problems("transmit:\n  threads: 2\n", flags: flags)
                == "--threads is 300 but must be 1 to 256; leave it out for 1")
    }

    @Test func theFileIsNamedWhereAFieldIsMissing() throws {
        #expect(
            try problems("link:\n  tx: veth0\n")
                == "t.yaml: link.rx is missing but must be given when link.tx is (veth0); "
                + "add --rx, or leave out both for a private pair")
    }

    @Test(arguments: ["", " ", "a\nb", "\u{1B}[31mred", "\u{202E}txet", String(repeating: "x", count: 65)])
    func aNameIsOneShortLine(_ name: String) throws {
        let field = try #require(PlanField(rawValue: "run.name"))
        var flags = PlanDraft()
        let error = #expect(throws: ProfileError.self) { try flags.set(field, toFlag: name) }
        #expect(error?.description.hasSuffix("but must be a text of 1 to 64 characters on one line") == true)
        try flags.set(field, toFlag: "vor dem Flicken, größer ü")
        #expect(try TrialPlan(flags, limits: PlanLimits()).run.label == "vor dem Flicken, größer ü")
    }

    @Test func flagsRepairAProfile() throws {
        let profile = try ProfileLoader.parse("load:\n  rate: 50%\n", file: "t.yaml")
        #expect(throws: ProfileError.self) { try profile.plan(limits: PlanLimits()) }
        var flags = PlanDraft()
        flags.load.lineRate = BitRate(bitsPerSecond: 1e9)
        let plan = try profile.plan(applying: flags, limits: PlanLimits())
        #expect(plan.load.rate == .percent(50))
        // Half of 1 Gb/s in frames of 64 bytes and 20 bytes of preamble and gap.
        #expect(plan.load.packetRate == PacketRate(packetsPerSecond: 5e8 / (84 * 8)))
    }
}
