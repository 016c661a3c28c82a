import Foundation
import Methods
import Results
import TestSupport
import Testing

@testable import Reports

@_spi(Reflection) import Swift

/// The tables of keys against the types that they tell of.
@Suite struct ResultSchemaTests {
    /// Every object that results lead to.
    private static var objects: [any SchemaObject.Type] {
        var found: [any SchemaObject.Type] = []
        var names: Set<String> = []
        var waiting: [any SchemaObject.Type] =
            ResultKind.allCases.map(\.schemaObject) + [
                ResultListing.self, StreamPlan.self, StreamTrial.self, StreamInterval.self, StreamTrialEnd.self, StreamWarning.self
            ]
        func object(_ node: SchemaNode) -> (any SchemaObject.Type)? {
            switch node {
            case .object(let type): type
            case .list(let element), .map(let element): object(element)
            default: nil
            }
        }
        while let type = waiting.popLast() {
            guard names.insert(type.schemaName).inserted else { continue }
            found.append(type)
            waiting += type.schemaKeys.compactMap { object($0.node) }
        }
        return found
    }

    /// Keys that are no stored properties, and properties that are no keys: what types with a coding of their own do.
    private static let computed: [String: Set<String>] = [
        "Ledger": ["residual", "lost", "lossRatio"], "SweepResult.Sample": ["trusted"],
        "SweepShare": ["index", "count"], "SweepResult.Cell": Set(SweepResult.Sample.schemaKeys.map(\.name)),
        "SweepTrial": Set(TrialResult.schemaKeys.map(\.name)),
        "FigureComparison": [
            "name", "unit", "ratio", "difference", "ci95", "level", "pValue", "smallestVisible", "count", "baseOutliers", "newOutliers"
        ]
    ]
    private static let uncoded: [String: Set<String>] = [
        "SweepShare": ["shard"], "SweepResult.Cell": ["sample"], "SweepTrial": ["trial"], "FigureComparison": ["figure", "comparison"],
        "BenchmarkSuite.Row": ["lacksLatency"], "Recording": ["templates", "offsets"]
    ]

    /// A property that is added without its key fails here, whether any result has it or not.
    @Test func everyPropertyHasItsKey() {
        let objects = Self.objects
        #expect(objects.count > 50)
        for object in objects {
            var properties: [String: Any.Type] = [:]
            _ = _forEachField(of: object) { name, _, type, _ in
                properties[String(cString: name)] = type
                return true
            }
            let keys = object.schemaKeys
            let note: Comment = "\(object.schemaName)"
            #expect(!properties.isEmpty, note)
            #expect(
                Set(keys.map(\.name)).subtracting(Self.computed[object.schemaName] ?? [])
                    == Set(properties.keys).subtracting(Self.uncoded[object.schemaName] ?? []), note)
            #expect(Set(keys.map(\.name)).count == keys.count, note)
            for key in keys {
                guard let type = properties[key.name], Self.computed[object.schemaName]?.contains(key.name) != true else { continue }
                #expect(ObjectIdentifier(key.type) == ObjectIdentifier(type), "\(object.schemaName).\(key.name) is \(type)")
            }
        }
    }

    /// When a key is missing is said where it is described.
    @Test func everyKeyIsDescribed() {
        for object in Self.objects {
            #expect(object.schemaMeaning.hasSuffix("."), "\(object.schemaName)")
            for key in object.schemaKeys {
                let note: Comment = "\(object.schemaName).\(key.name): \(key.meaning)"
                #expect(key.meaning.count > 3 && !key.meaning.localizedCaseInsensitiveContains("nil "), note)
                #expect(!key.isOptional || key.meaning.localizedCaseInsensitiveContains("absent"), note)
            }
        }
    }

    /// `docs/results.md` says what the tables say. With VETHMARK_WRITE_DOCS set, the test writes it anew.
    @Test func theReferenceIsMadeFromTheTables() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("docs/results.md")
        var page = try String(contentsOf: file, encoding: .utf8)
        let begin = try #require(page.range(of: "<!-- begin of keys"))
        let lineEnd = try #require(page[begin.upperBound...].firstIndex(of: "\n"))
        let end = try #require(page.range(of: "<!-- end of keys -->"))
        let written = page.index(after: lineEnd)..<end.lowerBound
        let tables = "\n" + ResultReference.markdown + "\n"
        if ProcessInfo.processInfo.environment["VETHMARK_WRITE_DOCS"] != nil {
            page.replaceSubrange(written, with: tables)
            try page.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        #expect(page[written] == tables)
    }

    @Test func laterKeysAreLetPassUnlessStrict() throws {
        let open = ResultSchema().text(.result(.run)), strict = ResultSchema(isStrict: true).text(.result(.run))
        #expect(!open.contains("\"additionalProperties\" : false") && strict.contains("\"additionalProperties\" : false"))
        for subject in ResultSchema.Subject.names.map({ ResultSchema.Subject(name: $0) }) + [nil] {
            let object = try JSONSerialization.jsonObject(with: Data(ResultSchema().text(subject).utf8)) as? [String: Any]
            #expect(object?["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
        }
    }
}
