import Testing
import Trials

@testable import Profiles

/// Flags go through the same table as profiles.
@Suite struct FlagTests {
    static let plainSamples = ProfileKeyTests.samples.filter { !$0.1.contains("[") && !$0.1.contains("\"") }

    @Test(arguments: plainSamples)
    func aFlagSetsWhatTheProfileSets(_ field: PlanField, _ value: String) throws {
        var draft = PlanDraft()
        try draft.set(field, toFlag: value)
        #expect(try draft == ProfileKeyTests.profile(field, value).draft)
    }

    @Test(
        arguments: [
            (
                .size, "big",
                "--size is 'big' but must be one or more sizes from 64 to 65561, as in 64, [64, 512, 1518], 64:7,1518:1 or imix"
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
