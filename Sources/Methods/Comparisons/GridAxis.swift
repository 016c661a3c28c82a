import Kernel
import Results

/// Two values of one of a sweep's settings, each with the cells that have it.
public struct GridAxis: Sendable {
    /// Why a sweep can't be parted so.
    public struct Refusal: ExplainedError, Equatable {
        public let sentence: String
        public let remedy: String?
        public var exitCode: Int32? { 64 }
    }

    /// What hosts differ in besides their names.
    private enum HostFact: String, CaseIterable {
        case kernel
        case cpuModel = "cpu-model"

        func value(_ host: SweepHost) -> String {
            switch self {
            case .kernel: host.kernelRelease
            case .cpuModel: host.cpuModel
            }
        }
    }

    public let setting: String
    /// In the order in which they were asked for, or that of hosts.
    public let values: [String]
    private let grid: ComparableGrid
    private let fact: HostFact?

    /// - Parameter setting: one that the sweep varies; of several hosts also `kernel` and `cpu-model`.
    /// - Throws: `Refusal`.
    public init(_ setting: String, of grid: ComparableGrid) throws(Refusal) {
        let varied = grid.vary.map(\.setting)
        let facts = varied.contains(SweepMerge.hostAxis) ? HostFact.allCases : []
        fact = facts.first { $0.rawValue == setting }
        guard fact != nil || varied.contains(setting) else {
            let names = varied + facts.map(\.rawValue)
            throw Refusal(
                sentence: "--by names '\(setting.visible)', which cells don't differ in",
                remedy: "name one of \(names.joined(separator: ", "))")
        }
        let found = fact.map { fact in grid.hosts.map(fact.value) } ?? grid.vary.first { $0.setting == setting }?.values ?? []
        values = found.unique
        (self.setting, self.grid) = (setting, grid)
        guard values.count > 1 else {
            throw Refusal(
                sentence: "\(setting.visible) has one value only, \(values.first?.visible ?? "")", remedy: "compare by another setting")
        }
    }

    /// Two of the values, of which there may be more.
    ///
    /// - Parameter text: `A,B`, commas within values included; nil where there are just two.
    /// - Throws: `Refusal`.
    public func pair(_ text: String?) throws(Refusal) -> (base: String, new: String) {
        guard let text else {
            guard values.count == 2 else {
                throw Refusal(
                    sentence: "\(setting) has \(values.count) values: \(values.joined(separator: "; ").visible)",
                    remedy: "name two of them, as in --by '\(setting)=\(values[0]),\(values[1])'")
            }
            return (values[0], values[1])
        }
        for base in values {
            for new in values where new != base && (text == "\(base),\(new)" || text == "\(base);\(new)") { return (base, new) }
        }
        throw Refusal(
            sentence: "--by names '\(text.visible)', which is not two values of \(setting)",
            remedy: "name two of \(values.joined(separator: "; ").visible), as in --by '\(setting)=\(values[0]),\(values[1])'")
    }

    /// The cells with a value, by what else tells them apart. Cells that only differ by what is looked at are one: hosts with the same kernel.
    func part(_ value: String) -> ComparableGrid {
        let axis = fact == nil ? setting : SweepMerge.hostAxis
        let hosts = grid.hosts.filter { host in
            fact.map { $0.value(host) == value } ?? (setting == SweepMerge.hostAxis ? host.name == value : true)
        }
        let wanted = axis == SweepMerge.hostAxis ? Set(hosts.map(\.name)) : [value]
        let vary = grid.vary.filter { $0.setting != axis }
        let names = Set(vary.map(\.setting))
        var order: [[String: String]] = []
        var trials: [[String: String]: [SweepTrial]] = [:]
        for cell in grid.cells where cell.settings[axis].map(wanted.contains) ?? false {
            let settings = cell.settings.filter { names.contains($0.key) }
            if trials[settings] == nil { order.append(settings) }
            trials[settings, default: []] += cell.trials
        }
        let cells = order.map { ComparableGrid.Cell(settings: $0, trials: trials[$0] ?? []) }
        return grid.part(
            vary: vary, cells: cells, calibration: axis == SweepMerge.hostAxis ? hosts.flatMap(\.calibration.trials) : [], hosts: hosts,
            conditions: axis == SweepMerge.hostAxis ? hosts.first?.conditions : nil)
    }

    /// Whether cells with one value and those with another had their turns in the same rounds on the same machine.
    var isPaired: Bool { fact == nil && setting != SweepMerge.hostAxis && grid.hosts.allSatisfy(\.shards.isEmpty) }

    /// What intervals of such a comparison don't cover; nil for nothing.
    func note(_ base: ComparableGrid, _ new: ComparableGrid) -> String? {
        if isPaired { return nil }
        if fact == nil, setting != SweepMerge.hostAxis {
            return
                "cells were measured by several shards, at other times or on other hosts: what differed there is in every figure, and no interval covers it"
        }
        let pooled = [base, new].contains { $0.hosts.count > 1 }
        return
            "the sides were measured on \(pooled ? "several hosts each, whose trials are taken together" : "a host each"): all that hosts differ in is in "
            + "every figure, and no interval covers it"
    }
}
