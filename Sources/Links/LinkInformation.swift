import CLinux
import Kernel

/// IFLA_LINKINFO in the words of ip(8): the link's driver and that of the link it is a port of. The
/// attributes (`info_data`, `info_slave_data`) are those of bridges; of other drivers only the name.
public struct LinkInformation: Encodable, Equatable, Sendable {
    public var kind: String?
    public var data: [String: LinkValue]?
    public var masterKind: String?
    public var masterData: [String: LinkValue]?

    private enum CodingKeys: String, CodingKey {
        case kind = "info_kind"
        case data = "info_data"
        case masterKind = "info_slave_kind"
        case masterData = "info_slave_data"
    }

    init(_ attributes: NetlinkAttributes) {
        func read(_ kindType: Int, _ dataType: Int, asMaster: Bool) -> (String?, [String: LinkValue]?) {
            guard let kind = attributes.string(UInt16(kindType)) else { return (nil, nil) }
            guard let table = DriverAttribute.table(of: kind, asMaster: asMaster), let data = attributes.nested(UInt16(dataType)) else {
                return (kind, nil)
            }
            return (kind, DriverAttribute.values(data, table))
        }
        (kind, data) = read(Int(IFLA_INFO_KIND), Int(IFLA_INFO_DATA), asMaster: false)
        (masterKind, masterData) = read(Int(IFLA_INFO_SLAVE_KIND), Int(IFLA_INFO_SLAVE_DATA), asMaster: true)
    }
}
