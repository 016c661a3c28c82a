import Frames
import Kernel

extension LinkPair {
    /// IEEE 802.3's address for pause frames, of which every bridge keeps what comes to itself (IEEE 802.1Q table 8-1; `br_handle_frame` drops
    /// it).
    public static let bridgeStopAddress = MACAddress(value: 0x01_80_C2_00_00_01)

    /// What stands on the receiving end and would get its frames behind our reader.
    public struct Above: Sendable {
        /// Interfaces that hand frames to the namespace's IP stack: the end, what it is a port of, VLAN interfaces on it.
        public var stations: [Link]
        /// Whether a bridge is among them.
        public var hasBridge: Bool
        /// The driver of a switch whose rules we don't know, such as `openvswitch`.
        public var unknownSwitch: String?
    }

    /// - Parameter isTagged: whether frames carry a VLAN tag, and so come to VLAN interfaces on the end.
    /// - Throws: `NetlinkError`, `LinkError`.
    public func above(isTagged: Bool) throws -> Above {
        let links = Dictionary(try receive.table.all().map { ($0.index, $0) }) { first, _ in first }
        guard let end = links[receive.link.index] else {
            throw LinkError.noSuchLink(name: receive.link.name, namespace: receive.namespace.name)
        }
        var above = Above(stations: [], hasBridge: false, unknownSwitch: nil)
        var open = [end]
        while let link = open.popLast(), above.stations.count < links.count {
            if above.stations.contains(where: { $0.index == link.index }) { continue }
            above.stations.append(link)
            if isTagged { open += links.values.filter { $0.kind == "vlan" && $0.peerIndex == link.index } }
            guard link.masterIndex != 0 else { continue }
            // A master elsewhere can't be: it moves with its ports, or they leave it.
            guard let master = links[link.masterIndex] else { continue }
            switch master.kind {
            case "bridge": above.hasBridge = true
            // They hand up what comes, and pass nothing on.
            case "bond", "team", "vrf": break
            default: above.unknownSwitch = master.kind.isEmpty ? "unknown" : master.kind
            }
            open.append(master)
        }
        return above
    }

    /// The station that frames for the receiving end are addressed to.
    ///
    /// On a direct pair nobody stands between the ends, and it needn't be anybody: the reader sees all frames, and the IP stack behind it drops
    /// at once what is for another station (PACKET_OTHERHOST in `ip_rcv`), instead of looking for a route, answering, or sending it on. Where
    /// the end is a port of a bridge, which would flood frames for a station that it doesn't know, it is an address that bridges keep to
    /// themselves. On any other path there may be switches: the receiving end's own.
    ///
    /// - Throws: as `above`.
    public func station(isTagged: Bool) throws -> MACAddress? {
        // Without a receiving end of ours nobody knows who is there.
        guard hasTwoEnds else { return Self.nobodysAddress }
        guard isDirect else { return try receive.current().address }
        let above = try above(isTagged: isTagged)
        return above.hasBridge || above.unknownSwitch != nil ? Self.bridgeStopAddress : Self.nobodysAddress
    }
}
