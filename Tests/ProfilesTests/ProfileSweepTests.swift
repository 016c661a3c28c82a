import Plans
import Testing

@testable import Profiles

/// The `sweep` of a profile.
@Suite struct ProfileSweepTests {
    private func sweep(_ text: String) throws -> SweepRequest {
        try #require(try ProfileLoader.parse(text, file: "t.yaml").sweep)
    }

    @Test func itIsReadInItsOrder() throws {
        let sweep = try sweep(
            """
            sweep:
              vary:
                size: [1518, [64, 594], imix]
                mtu: 9000,1500
                queues: [1, 2]
              rounds: 12
              precision: 2%
              cases:
                two: {threads: 2, link.mtu: 9000}
                one:
            """)
        #expect(sweep.variations.map(\.name) == ["size", "mtu", "queues"])
        #expect(sweep.variations[0].values.map(\.text) == ["1518", "64,594", "imix"])
        #expect(sweep.variations[1].values.map(\.text) == ["9000", "1500"])
        #expect(sweep.variations[2].values[1].draft.link.receiveQueues == 2)
        #expect(sweep.rounds == 12 && sweep.precision == 0.02 && sweep.zip == nil)
        #expect(sweep.cases.map(\.name) == ["two", "one"] && sweep.cases[1].draft == PlanDraft())
        #expect(sweep.cases[0].draft.transmit.workers == 2 && sweep.cases[0].draft.link.mtuBytes == 9000)
        #expect(sweep.cellCount == 14)
    }

    @Test func thePlanIsWithoutIt() throws {
        let profile = try ProfileLoader.parse("sweep: {vary: {mtu: [1500, 9000]}}", file: "t.yaml")
        #expect(profile.draft == PlanDraft())
        #expect(try ProfileLoader.parse("sweep:\nrun: {seed: 2}", file: "t.yaml").sweep == nil)
    }

    @Test func flagsLieOverIt() throws {
        let sweep = try sweep("sweep: {vary: {mtu: [1500, 9000], size: [64, 128], threads: [1, 2]}}")
        let varied = sweep.applying(try SettingVariation.parse(["size=512", "batch=8,16"]), settings: PlanDraft())
        #expect(varied.variations.map(\.name) == ["mtu", "size", "threads", "batch"])
        #expect(varied.variations[1].values.map(\.text) == ["512"])
        var fixed = PlanDraft()
        try fixed.set(.mtu, toFlag: "9000")
        #expect(sweep.applying([], settings: fixed).variations.map(\.name) == ["size", "threads"])
    }

    @Test(arguments: [
        ("sweep: 3", "t.yaml:1:8: sweep is '3' but must be a mapping, as in sweep: {vary: {mtu: [1500, 9000]}}"),
        ("sweep:\n  vray: {}", "t.yaml:2:3: sweep.vray is not a key that profiles have; did you mean 'vary'?"),
        ("sweep:\n  vary: 3", "t.yaml:2:9: sweep.vary is '3' but must be a mapping, as in vary: {mtu: [1500, 9000]}"),
        (
            "sweep:\n  vary:\n    mtuu: [1]",
            "t.yaml:3:5: sweep.vary.mtuu is no setting that trials of a sweep can differ in; did you mean 'mtu'?"
        ),
        ("sweep:\n  vary:\n    mtu: []", "t.yaml:3:10: sweep.vary.mtu is a list but must be a list of values, as in [1500, 9000]"),
        ("sweep:\n  vary:\n    mtu: [1500, big]", "t.yaml:3:17: sweep.vary.mtu is 'big' but must be 68 to 65535"),
        (
            "sweep:\n  vary:\n    mtu: [1500, 1500]",
            "t.yaml:3:17: sweep.vary.mtu is '1500', which stands there twice, but must be a list of different values; leave it out once"
        ),
        (
            "sweep:\n  vary:\n    queues: [1]\n    tx-queues: [2]",
            "t.yaml:4:5: sweep.vary.tx-queues stands beside queues, which says the same; leave out one of them"
        ),
        (
            "sweep:\n  zip: true\n  vary: {mtu: [1500, 9000], size: [64]}",
            "t.yaml:2:3: sweep.zip needs as many values of each setting, and mtu has 2, size has 1; leave it out for all with all"
        ),
        ("sweep:\n  rounds: 0", "t.yaml:2:11: sweep.rounds is '0' but must be 1 to 1000"),
        ("sweep:\n  precision: 90%", "t.yaml:2:14: sweep.precision is '90%' but must be 0.01% to 50%"),
        ("sweep:\n  cases:\n    a: {size: big}", "t.yaml:3:15: sweep.cases.a.size is 'big' but must be"),
        ("sweep:\n  cases:\n    a: [1]", "t.yaml:3:8: sweep.cases.a is a list but must be a mapping"),
        ("sweep:\n  cases:\n    a: {repeats: 2}", "t.yaml:3:9: sweep.cases.a.repeats is no setting that trials of a sweep can differ in")
    ]) func whatIsWrongIsTold(_ text: String, _ line: String) {
        let error = #expect(throws: ProfileError.self) { try ProfileLoader.parse(text, file: "t.yaml") }
        #expect(error?.description.hasPrefix(line) == true, "\(String(describing: error))")
    }
}
