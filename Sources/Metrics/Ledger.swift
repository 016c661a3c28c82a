/// The book of frames: every frame that was offered ends in exactly one row.
///
///     offered = notOffered + refused + sent
///     sent    = linkDropped + receiverDropped + received + altered + inFlightAtEnd + residual
///
/// `duplicates`, `reordered` and `foreign` describe what came in besides; they move no frame from
/// one row to another.
public struct Ledger: Equatable, Sendable {
    /// Frames the plan asked for by the schedule.
    public var offered: UInt64
    /// Frames that fell due while the generator was behind, and were never filled in.
    public var notOffered: UInt64
    /// Frames filled in that the kernel would not take.
    public var refused: UInt64
    /// Frames the kernel took: their slot came back.
    public var sent: UInt64
    /// Sent frames that the link (veth, backlog, XDP) dropped.
    public var linkDropped: UInt64
    /// Sent frames that found the receiver's ring full.
    public var receiverDropped: UInt64
    /// Distinct frames with a valid signature that came as they left.
    public var received: UInt64
    /// Distinct frames with a valid signature that came with another length, or a damaged payload.
    public var altered: UInt64
    /// Sent frames that were still on their way when the drain gave up waiting: neither received nor lost.
    public var inFlightAtEnd: UInt64
    /// Further copies of frames that were received already.
    public var duplicates: UInt64
    /// Received frames with a sequence number below one already seen (RFC 4737 section 3.3).
    public var reordered: UInt64
    /// Frames without our signature.
    public var foreign: UInt64

    public init(
        offered: UInt64 = 0, notOffered: UInt64 = 0, refused: UInt64 = 0, sent: UInt64 = 0,
        linkDropped: UInt64 = 0, receiverDropped: UInt64 = 0, received: UInt64 = 0,
        altered: UInt64 = 0, inFlightAtEnd: UInt64 = 0, duplicates: UInt64 = 0, reordered: UInt64 = 0, foreign: UInt64 = 0
    ) {
        self.offered = offered
        self.notOffered = notOffered
        self.refused = refused
        self.sent = sent
        self.linkDropped = linkDropped
        self.receiverDropped = receiverDropped
        self.received = received
        self.altered = altered
        self.inFlightAtEnd = inFlightAtEnd
        self.duplicates = duplicates
        self.reordered = reordered
        self.foreign = foreign
    }

    /// What no row explains. Anything but 0 makes the result untrusted.
    public var residual: Int64 {
        let explained = notOffered &+ refused &+ linkDropped &+ receiverDropped &+ received &+ altered &+ inFlightAtEnd
        return Int64(bitPattern: offered &- explained)
    }

    /// Whether every offered frame is in exactly one row, on both sides of `sent`.
    public var isClosed: Bool { residual == 0 && offered == notOffered &+ refused &+ sent }

    /// Sent, and neither received nor on its way any more.
    public var lost: UInt64 {
        let arrived = received &+ altered &+ inFlightAtEnd
        return sent > arrived ? sent - arrived : 0
    }

    /// `lost` over `sent`, 0 to 1; 0 if nothing was sent.
    public var lossRatio: Double { sent == 0 ? 0 : Double(lost) / Double(sent) }
}

extension Ledger: Codable {
    private enum CodingKeys: String, CodingKey {
        case offered, notOffered, refused, sent, linkDropped, receiverDropped, received
        case altered, inFlightAtEnd, duplicates, reordered, foreign, residual, lost, lossRatio
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        offered = try values.decode(UInt64.self, forKey: .offered)
        notOffered = try values.decode(UInt64.self, forKey: .notOffered)
        refused = try values.decode(UInt64.self, forKey: .refused)
        sent = try values.decode(UInt64.self, forKey: .sent)
        linkDropped = try values.decode(UInt64.self, forKey: .linkDropped)
        receiverDropped = try values.decode(UInt64.self, forKey: .receiverDropped)
        received = try values.decode(UInt64.self, forKey: .received)
        // Results of earlier versions have neither.
        altered = try values.decodeIfPresent(UInt64.self, forKey: .altered) ?? 0
        inFlightAtEnd = try values.decodeIfPresent(UInt64.self, forKey: .inFlightAtEnd) ?? 0
        duplicates = try values.decode(UInt64.self, forKey: .duplicates)
        reordered = try values.decode(UInt64.self, forKey: .reordered)
        foreign = try values.decode(UInt64.self, forKey: .foreign)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(offered, forKey: .offered)
        try values.encode(notOffered, forKey: .notOffered)
        try values.encode(refused, forKey: .refused)
        try values.encode(sent, forKey: .sent)
        try values.encode(linkDropped, forKey: .linkDropped)
        try values.encode(receiverDropped, forKey: .receiverDropped)
        try values.encode(received, forKey: .received)
        try values.encode(altered, forKey: .altered)
        try values.encode(inFlightAtEnd, forKey: .inFlightAtEnd)
        try values.encode(duplicates, forKey: .duplicates)
        try values.encode(reordered, forKey: .reordered)
        try values.encode(foreign, forKey: .foreign)
        try values.encode(residual, forKey: .residual)
        try values.encode(lost, forKey: .lost)
        try values.encode(lossRatio, forKey: .lossRatio)
    }
}
