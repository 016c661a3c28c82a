import Plans
import Testing

@testable import Profiles

/// What stands behind `--vary`.
@Suite struct SettingVariationTests {
    private func texts(_ words: String...) throws -> [String: [String]] {
        Dictionary(uniqueKeysWithValues: try SettingVariation.parse(words).map { ($0.name, $0.values.map(\.text)) })
    }

    private func sentence(_ words: String...) -> [String] {
        do throws(ProfileError) {
            _ = try SettingVariation.parse(words)
            return []
        } catch {
            return error.problems.map(\.sentence)
        }
    }

    @Test func flagsAndPathsAreTheSame() throws {
        #expect(try texts("mtu=1500,9000") == ["mtu": ["1500", "9000"]])
        #expect(try texts("link.mtu=1500, 9000") == ["mtu": ["1500", "9000"]])
        #expect(try texts("MTU=1500") == ["mtu": ["1500"]])
        #expect(try texts("transmit.cpus=0;1,2") == ["transmit.cpus": ["0", "1,2"]])
        #expect(try texts("gro=on,off") == ["gro": ["true", "false"]])
        #expect(try texts("rate=1Mpps,max") == ["rate": ["1mpps", "max"]])
    }

    @Test func semicolonsPartWhatHoldsCommas() throws {
        #expect(try texts("size=64,1518") == ["size": ["64", "1518"]])
        let sizes = try SettingVariation.parse(["size=64;64,594,1518;imix"])
        #expect(sizes[0].values.count == 3)
        #expect(sizes[0].values[1].draft.frame.sizes?.shares.map(\.sizeBytes) == [64, 594, 1518])
        #expect(try SettingVariation.parse(["size=64,[64,594,1518],imix"])[0].values.map(\.draft) == sizes[0].values.map(\.draft))
    }

    /// What a value is written as asks for it again, whatever the setting: a tuned profile is made of such texts.
    @Test func eachValueIsReadAsItIsWritten() throws {
        for row in SettingTable.rows {
            guard let variation = SettingVariation(row.field.path) else { continue }
            for example in row.examples {
                var draft = PlanDraft()
                let text = example.filter { $0 != "[" && $0 != "]" && $0 != "\"" }
                for field in variation.fields { try draft.set(field, toFlag: text) }
                var value = variation
                value.add(draft, written: text)
                #expect(
                    try SettingVariation.draft(variation.name, value.values[0].text) == draft, "\(variation.name) \(value.values[0].text)")
            }
        }
        #expect(try SettingVariation.draft("blocks", "256").receive.blocks == 256)
        #expect(try SettingVariation.draft("queues", "2") == SettingVariation.parse(["queues=2"])[0].values[0].draft)
        #expect(throws: ProfileError.self) { try SettingVariation.draft("no-such", "1") }
    }

    @Test func aSettingThatIsNamedAgainGetsMoreValues() throws {
        let variations = try SettingVariation.parse(["size=64", "mtu=1500", "frame.size=imix"])
        #expect(variations.map(\.name) == ["size", "mtu"])
        #expect(variations[0].values.map(\.text) == ["64", "imix"])
    }

    @Test func queuesAreBothNumbers() throws {
        let value = try #require(try SettingVariation.parse(["queues=2"]).first?.values.first)
        #expect(value.draft.link.transmitQueues == 2 && value.draft.link.receiveQueues == 2)
        #expect(
            sentence("queues=1", "tx-queues=2") == ["--vary varies tx-queues beside queues, which is a part of it; leave out one of them"])
    }

    @Test func wrongWordsAreTold() {
        #expect(sentence("mtu=1500,,9000") == ["--vary has an empty value for mtu; write it as in mtu=VALUE,VALUE"])
        #expect(sentence("mtu=") == ["--vary has an empty value for mtu; write it as in mtu=VALUE,VALUE"])
        #expect(sentence("size=64", "size=64") == ["--vary names size 64 twice; leave it out once"])
        #expect(sentence("repeats=2").count == 1 && sentence("run.name=a").count == 1)
        // All at once, each in its setting's own words.
        #expect(sentence("engine=rign", "mtu=big").count == 2)
        #expect(sentence("engine=rign")[0].contains("did you mean 'ring'?"))
    }

    /// Every row can be varied but for those of the run itself, by its examples.
    @Test func everySettingOfTheTableCanBeVaried() throws {
        for row in SettingTable.rows where row.field.section != "run" {
            let text = row.examples[0].replacing("\"", with: "")
            let variations = try SettingVariation.parse(["\(row.field.path)=\(text)"])
            #expect(variations[0].fields == [row.field] && variations[0].values.count == 1)
        }
    }
}
