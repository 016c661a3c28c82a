import Frames
import Metrics
import Traffic

/// One trial, fully decided and known to be possible: every default is filled in, every field
/// is in range, and the fields agree with each other. Made only by `TrialPlan(_:limits:)` from a draft.
///
/// Encoded as `.plan` of the result file.
public struct TrialPlan: Codable, Equatable, Sendable {
    public var link: Link
    /// Where there are streams, that of the first.
    public var frame: Frame
    /// Nil for a load of one stream.
    public var streams: [Stream]?
    public var load: Load
    public var transmit: Transmit
    public var receive: Receive
    public var run: Run

    public struct Link: Codable, Equatable, Sendable {
        /// Nil on both means: a private pair in private namespaces.
        public var transmit: InterfaceReference?
        /// Nil beside a transmitting interface: with `--receiver none`, wherever its frames go.
        public var receive: InterfaceReference?
        /// Nil leaves an existing interface as it is; a private pair always has a number.
        public var mtuBytes: Int?
        /// Nil leaves an existing interface as it is; a private pair always has a number.
        public var transmitQueues: Int?
        public var receiveQueues: Int?
        public var transmitAddress: MACAddress?
        public var receiveAddress: MACAddress?
        /// Nil leaves the offload as the kernel has it.
        public var gro: Bool?
        public var gso: Bool?
        public var tso: Bool?
        public var checksumOffload: Bool?
        public var force: Bool
        /// Nil in results of before there was a choice: as `auto`.
        public var placement: PlacementName?
        /// True where short trials on this machine chose it; nil elsewhere.
        public var calibrated: Bool?

        public var isPrivate: Bool { transmit == nil && receive == nil }
    }

    public struct Frame: Codable, Equatable, Sendable {
        public var sizes: FrameSizes
        public var sourceAddress: MACAddress?
        public var destinationAddress: MACAddress?
        public var vlans: [UInt16]
        /// What carries the packets; nil for nothing.
        public var encapsulation: Encapsulation?
        public var network: NetworkProtocol
        public var sourceIPv4: IPv4Address
        public var destinationIPv4: IPv4Address
        public var sourceIPv6: IPv6Address
        public var destinationIPv6: IPv6Address
        public var transport: TransportProtocol
        public var sourcePort: UInt16
        public var destinationPort: UInt16
        public var dscp: UInt8
        public var timeToLive: UInt8
        public var udpChecksum: Bool
        /// What is wrong with each frame on purpose; nil where nothing is.
        public var malformed: [FrameFault]?
        public var modifiers: [FieldModifier]
        /// Flows by source port and address, besides what the modifiers say; nil where nobody asked.
        public var flows: UInt64?
    }

    /// Encoded with its rates as text; see `TrialPlan+Codable.swift`.
    public struct Load: Equatable, Sendable {
        public var rate: RateRequest
        public var lineRate: BitRate?
        /// The rate as frames per second over all workers; nil means as fast as possible.
        public var packetRate: PacketRate?
        public var shape = LoadShape.constant
        /// What a shape with rates of its own comes to; `packetRate` is its mean.
        public var course: [RateStretch]?
        /// Nil means no limit.
        public var frameCount: UInt64?
        /// Nil means until interrupted, or until `frameCount` is reached.
        public var durationNanoseconds: UInt64?
        public var warmupNanoseconds: UInt64
    }

    public struct Transmit: Codable, Equatable, Sendable {
        /// Never `auto`.
        public var engine: EngineName
        /// Why this engine, where the choice was vethmark's.
        public var engineReason: String?
        public var workers: Int
        /// Nil means the planner chooses.
        public var cpus: [Int]?
        public var ringSlots: Int
        public var batchFrames: Int
        public var layout: SlotLayout
        /// Frames that a slot of the `gso` engine is cut into, at most, or segments of a superframe; nil for other engines.
        public var segments: Int?
        /// True where slots pass whole, as superframes of so many segments; else nil.
        public var superframes: Bool?
        /// How many frames of a kind leave one after the other before the next kind's turn, where an engine can't keep the plan's
        /// order; nil where it is kept.
        public var runFrames: Int?
        /// True where UDP frames carry checksums whatever `frame.udpChecksum` says; else nil.
        public var alwaysChecksums: Bool?
        public var qdiscBypass: Bool
    }

    public struct Receive: Codable, Equatable, Sendable {
        public var receiver: ReceiverName
        public var workers: Int
        public var cpus: [Int]?
        public var blockBytes: Int
        public var blocks: Int
        public var retireMilliseconds: Int
        /// 0 means whole frames.
        public var snapBytes: Int
        /// Nil where no program of ours receives, as the following.
        public var xdpMode: XDPModeName?
        public var foreign: ForeignAction?
        /// Nil without busy polling.
        public var busyPollMicroseconds: Int?
    }

    public struct Run: Codable, Equatable, Sendable {
        public var repeats: Int
        public var intervalNanoseconds: UInt64
        public var seed: UInt64
        /// What the user calls the run.
        public var label: String?
        /// Which frames have a latency; absent in results of before there was a choice, which had it of all.
        public var latency: LatencySampling?

        public var sampling: LatencySampling { latency ?? .all }
    }
}
