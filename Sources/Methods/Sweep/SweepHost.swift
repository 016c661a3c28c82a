import Results

/// A host that had a part in a merged sweep.
public struct SweepHost: Codable, Equatable, Sendable {
    /// As it is called among the merged: its name, and its kernel behind it where it was there with several.
    public let name: String
    public let cpuModel: String
    public let kernelRelease: String
    /// Numbers of the shards that it measured, or a part of them; empty where it measured whole sweeps.
    public let shards: [Int]
    /// Places of cells that it has trials of, ascending.
    public let cells: [Int]
    /// The base plan on this host alone: its own noise.
    public let calibration: SweepResult.Sample
    /// Under what its first calibration trial took place; nil without one.
    public let conditions: Conditions?
}
