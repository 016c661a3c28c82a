import Kernel
import Metrics
import Plans
import Results

/// One result out of what several hosts have measured: of shards the whole grid, of whole sweeps a grid with the host as its first setting. A function of
/// what was measured alone: the order in which parts are given changes nothing.
public struct SweepMerge {
    /// Why parts don't make one result.
    public struct Refusal: ExplainedError, Equatable {
        public let sentence: String
        public let remedy: String?
    }

    /// The first of a merged result's settings where whole sweeps were measured.
    public static let hostAxis = "host"
    /// The code of the warning that there are gaps.
    public static let missingTurns = "missing-turns"

    private let parts: [SweepPart]
    private let shardCount: Int?
    private let labels: [Machine: String]

    /// A host under one kernel: with another it measures something else.
    private struct Machine: Hashable {
        let host: String
        let cpuModel: String
        let kernelRelease: String

        init(_ host: String, _ part: SweepPart) {
            (self.host, cpuModel, kernelRelease) = (host, part.cpuModel, part.kernelRelease)
        }

        static func isBefore(_ left: Machine, _ right: Machine) -> Bool {
            (left.host, left.kernelRelease, left.cpuModel) < (right.host, right.kernelRelease, right.cpuModel)
        }
    }

    /// - Throws: `Refusal`.
    public init(_ parts: [SweepPart]) throws(Refusal) {
        let parts = parts.sorted(by: SweepPart.isBefore)
        guard let first = parts.first(where: { !$0.records.isEmpty }) else {
            throw Refusal(
                sentence: "there is nothing to merge: no turn was had yet",
                remedy: "name folders of `vethmark sweep --shard` or `--per-host`")
        }
        for part in parts {
            guard (part.share == nil) == (first.share == nil) else {
                throw Refusal(
                    sentence: "shards of one sweep and whole sweeps of hosts are no parts of the same thing",
                    remedy: "merge what --shard has measured, or what --per-host has")
            }
            guard part.share?.shard.count == first.share?.shard.count else {
                let counts = Set(parts.compactMap(\.share?.shard.count)).sorted().map { "\($0)" }.joined(separator: " and of ")
                throw Refusal(
                    sentence: "there are shards of \(counts), which have other cells",
                    remedy: "name the folders of one number of shards only")
            }
            // Whole sweeps may differ by what each machine makes of `auto`; a grid has one plan for each cell, whoever measures it.
            guard first.share == nil ? part.design.isSameGrid(as: first.design) : part.design.isSame(as: first.design) else {
                throw Refusal(
                    sentence: "\(Self.name(part)) and \(Self.name(first)) are parts of different sweeps",
                    remedy: "name folders of one sweep; where hosts choose differently, say --engine, --receiver, --threads and --queues")
            }
        }
        self.parts = parts
        shardCount = first.share?.shard.count
        labels = Self.labels(parts)
    }

    private static func name(_ part: SweepPart) -> String {
        part.share.map { "shard \($0.shard) on \(part.host)" } ?? "the sweep on \(part.host)"
    }

    /// Names of hosts, with the kernel (and the CPU) behind where one name is not enough.
    private static func labels(_ parts: [SweepPart]) -> [Machine: String] {
        let machines = Set(parts.flatMap { part in part.records.map { Machine($0.host ?? part.host, part) } })
        return Dictionary(
            uniqueKeysWithValues: machines.map { machine in
                let others = machines.filter { $0.host == machine.host && $0 != machine }
                guard !others.isEmpty else { return (machine, machine.host) }
                let isToldByKernel = !others.contains { $0.kernelRelease == machine.kernelRelease }
                return (machine, "\(machine.host) (\(machine.kernelRelease)\(isToldByKernel ? "" : ", \(machine.cpuModel)"))")
            })
    }

    /// - Parameter command: the words of the command line, whatever order folders had in it.
    /// - Throws: `Refusal` if no calibration trial tells under what it took place.
    public func result(command: [String]) throws(Refusal) -> SweepResult {
        let groups = groups.map { (label: $0.label, gathered: Gathered($0.parts)) }
        let design = parts[0].design
        let conditions = parts.flatMap(\.records).compactMap(\.conditions).min {
            ($0.startedAt, "\($0.cpuModel)") < ($1.startedAt, "\($1.cpuModel)")
        }
        guard let conditions else {
            throw Refusal(
                sentence: "no part has a calibration trial, so that nobody knows under what they were measured",
                remedy: "let one begin a round")
        }
        let cells = groups.flatMap { group in
            design.cells.indices.map { cell in
                SweepResult.Cell(
                    settings: design.cells[cell].settings.merging(group.label.map { [Self.hostAxis: $0] } ?? [:]) { $1 },
                    obstacle: group.gathered.obstacle(cell), sample: SweepResult.Sample(group.gathered.trials(cell)))
            }
        }
        let axis = groups.compactMap(\.label)
        let rounds = (groups.flatMap { $0.gathered.records.map(\.round) }.max() ?? -1) + 1
        let measured = cells.map(\.sample).filter { !$0.trials.isEmpty }
        let warnings = (warnings(groups.map(\.gathered)) + parts.flatMap(\.warnings)).unique
        return SweepResult(
            schema: SweepResult.currentSchema, command: command, plan: design.plan,
            vary: (axis.isEmpty ? [] : [SweepDesign.Axis(setting: Self.hostAxis, values: axis)]) + design.vary, zip: design.zip,
            rounds: rounds,
            plannedRounds: parts.map(\.design.rounds).max() ?? rounds, precision: parts.compactMap(\.design.precision).min(),
            order: (0..<rounds).map { round in
                groups.indices.flatMap { place in
                    design.order(ofRound: round).filter { groups[place].gathered.hasTrial($0, round) }.map {
                        place * design.cells.count + $0
                    }
                }
            },
            cells: cells, calibration: SweepResult.Sample(Self.trials(groups.flatMap(\.gathered.calibration))), conditions: conditions,
            warnings: warnings,
            trusted: !measured.isEmpty && measured.allSatisfy(\.trusted) && !warnings.contains { $0.voidsResult }, interrupted: false,
            failure: nil, shard: nil, hosts: hosts(groups.map(\.gathered), design.cells.count))
    }

    /// One of all shards, or one for each host.
    private var groups: [(label: String?, parts: [SweepPart])] {
        guard shardCount == nil else { return [(nil, parts)] }
        let machines = parts.filter { !$0.records.isEmpty }.map { Machine($0.host, $0) }
        return Set(machines).sorted(by: Machine.isBefore).map { machine in
            (labels[machine] ?? machine.host, parts.filter { Machine($0.host, $0) == machine })
        }
    }

    private static func trials(_ records: [SweepRecord]) -> [SweepTrial] {
        records.enumerated().sorted { ($0.element.round, $0.offset) < ($1.element.round, $1.offset) }.compactMap(\.element.trial)
    }

    // MARK: the same turn twice

    /// Parts of the same cells, put together. A cell's trials come out of one part, for figures of two machines are no repeats of each other: that with the
    /// most turns of it, of equals the one that began first.
    private struct Gathered {
        /// What counts, with the part it comes from, calibration trials apart.
        private(set) var chosen: [Int: (part: SweepPart, records: [SweepRecord])] = [:]
        private(set) var calibration: [SweepRecord] = []
        /// How many turns of each part are left out.
        private(set) var leftOut: [(part: SweepPart, turns: Int)] = []
        private let design: SweepDesign

        init(_ parts: [SweepPart]) {
            design = parts[0].design
            for cell in parts[0].design.cells.indices {
                let candidates = parts.map { part in (part: part, records: part.records.filter { $0.cell == cell }) }
                    .filter { !$0.records.isEmpty }
                let best = candidates.min { left, right in
                    (right.records.count, left.part.start(ofCell: cell)) < (left.records.count, right.part.start(ofCell: cell))
                }
                chosen[cell] = best.map { ($0.part, $0.records.sorted { $0.round < $1.round }) }
            }
            for part in parts {
                // Copies of a folder are the same turns, not others.
                let others = part.records.filter { record in
                    guard let cell = record.cell else { return false }
                    return !(chosen[cell]?.records.contains { $0.round == record.round && $0.isSameTurn(as: record) } ?? false)
                }
                if !others.isEmpty { leftOut.append((part, others.count)) }
                let hasPart = part.records.contains { record in
                    record.cell.map { chosen[$0]?.records.contains { $0.round == record.round && $0.isSameTurn(as: record) } ?? false }
                        ?? false
                }
                guard hasPart else { continue }
                for record in part.records.filter({ $0.cell == nil }).sorted(by: { $0.round < $1.round })
                where !calibration.contains(where: { $0.isSameTurn(as: record) && $0.trial != nil }) {
                    calibration.append(record)
                }
            }
        }

        var records: [SweepRecord] { chosen.values.flatMap(\.records) + calibration }
        func trials(_ cell: Int) -> [SweepTrial] { (chosen[cell]?.records ?? []).compactMap(\.trial) }
        func hasTrial(_ cell: Int, _ round: Int) -> Bool {
            chosen[cell]?.records.contains { $0.round == round && $0.trial != nil } ?? false
        }
        func obstacle(_ cell: Int) -> String? { design.cells[cell].obstacle ?? chosen[cell]?.records.lazy.compactMap(\.obstacle).first }
    }

    // MARK: hosts

    private func hosts(_ groups: [Gathered], _ width: Int) -> [SweepHost] {
        labels.keys.sorted(by: Machine.isBefore).compactMap { machine in
            func isHere(_ part: SweepPart, _ record: SweepRecord) -> Bool { Machine(record.host ?? part.host, part) == machine }
            var cells: [Int] = []
            for (place, group) in groups.enumerated() {
                let own = group.chosen.filter { _, chosen in chosen.records.contains { $0.trial != nil && isHere(chosen.part, $0) } }
                cells += own.keys.map { place * width + $0 }
            }
            let here = parts.flatMap { part in part.records.filter { isHere(part, $0) } }
            let calibration = groups.flatMap(\.calibration).filter { record in here.contains { $0.cell == nil && $0.isSameTurn(as: record) }
            }
            let shards = parts.filter { part in part.records.contains { isHere(part, $0) } }.compactMap(\.share?.shard.index)
            guard !here.isEmpty else { return nil }
            return SweepHost(
                name: labels[machine] ?? machine.host, cpuModel: machine.cpuModel, kernelRelease: machine.kernelRelease,
                shards: Set(shards).sorted(), cells: cells.sorted(), calibration: SweepResult.Sample(Self.trials(calibration)),
                conditions: calibration.compactMap(\.conditions).min { $0.startedAt < $1.startedAt })
        }
    }

    // MARK: what is to be known

    private func warnings(_ groups: [Gathered]) -> [Warning] {
        var warnings: [Warning] = []
        let doubles = groups.flatMap(\.leftOut).map { "\(FigureText.count($0.turns, "turn")) of \(Self.name($0.part))" }
        if !doubles.isEmpty {
            warnings.append(
                Warning(
                    code: "duplicate-turns", message: "left out, as they were had more than once: \(doubles.joined(separator: "; "))",
                    remedy:
                        "nothing has to be done: a part that was lost and begun anew leaves such, and those that count come from one machine"
                ))
        }
        if let gaps {
            warnings.append(
                Warning(
                    code: Self.missingTurns, message: gaps, remedy: "run those parts again with the same -o: they go on where they stopped")
            )
        }
        let names = labels.keys.sorted(by: Machine.isBefore).compactMap { labels[$0] }
        if shardCount != nil, names.count > 1 {
            warnings.append(
                Warning(
                    code: "several-hosts",
                    message:
                        "cells were measured on \(names.count) hosts (\(Self.list(names))): what tells two cells apart may be the host",
                    remedy: "look at .hosts[].calibration, the same plan on each; measure whole sweeps with --per-host to compare cells"))
        }
        let others = parts.dropFirst().filter { !$0.design.isSame(as: parts[0].design) }
        if !others.isEmpty {
            warnings.append(
                Warning(
                    code: "plans-differ",
                    message:
                        "hosts have made different plans of the same settings: \(Self.list(([parts[0]] + others).map(\.host).unique))",
                    remedy: "say --engine, --receiver, --threads and queues, so that every host measures the same"))
        }
        return warnings
    }

    /// Nil if every turn was had.
    private var gaps: String? {
        var sentences: [String] = []
        if let shardCount {
            let lost = (1...shardCount).filter { index in
                guard !parts.contains(where: { $0.share?.shard.index == index }) else { return false }
                return SweepShard(index: index, count: shardCount).map { !$0.cells(of: parts[0].design).isEmpty } ?? false
            }
            let have = Set(parts.flatMap(\.cells))
            let cells = FigureText.count(parts[0].design.cells.count - have.count, "cell")
            if !lost.isEmpty {
                sentences.append(
                    "\(lost.count == 1 ? "shard" : "shards") \(Self.list(lost.map { "\($0)" })) of \(shardCount), with \(cells)")
            }
        }
        // Of parts with the same cells one is enough.
        func key(_ part: SweepPart) -> String { part.share.map { "\($0.shard)" } ?? labels[Machine(part.host, part)] ?? part.host }
        for name in parts.map(key).unique {
            let least = parts.filter { key($0) == name }.map(\.missing).min() ?? 0
            guard least > 0 else { continue }
            let precision = parts.contains { $0.design.precision != nil } ? "up to " : ""
            sentences.append("\(precision)\(FigureText.count(least, "turn")) of \(shardCount == nil ? name : "shard \(name)")")
        }
        return sentences.isEmpty ? nil : "missing: \(sentences.joined(separator: "; "))"
    }

    /// `a, b, c and 4 others`.
    private static func list(_ words: [String]) -> String {
        words.prefix(8).joined(separator: ", ") + (words.count > 8 ? " and \(FigureText.count(words.count - 8, "other"))" : "")
    }
}

extension SweepRecord {
    /// Whether it is the same measurement, and not another of the same cell.
    fileprivate func isSameTurn(as other: SweepRecord) -> Bool {
        round == other.round && cell == other.cell && trial?.trial.startedAtNanoseconds == other.trial?.trial.startedAtNanoseconds
            && host == other.host && obstacle == other.obstacle
    }
}

extension SweepDesign {
    /// Whether cells of one are cells of the other by what was asked for, whatever a machine made of it.
    fileprivate func isSameGrid(as other: SweepDesign) -> Bool {
        schema == other.schema && vary == other.vary && zip == other.zip && cells.map(\.settings) == other.cells.map(\.settings)
    }
}
