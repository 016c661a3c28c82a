/// Where frames of a capture were seen: pcapng's interface description block. A file of the classic form has one, without a name.
public struct CaptureInterface: Equatable, Sendable {
    /// As the file has it: it may hold anything.
    public var name: String?
    public var description: String?
    public var linkType = LinkType.ethernet
    /// What frames were cut to; 0 for no limit.
    public var snapBytes: Int
    public var resolution = TimeResolution.nanoseconds
    /// Seconds to be added to each time.
    public var offsetSeconds: Int64 = 0
    /// What else the file says in bytes that mean the same in either byte order: remarks, address, system, hardware.
    var otherOptions: [PcapngOption] = []

    public init(name: String? = nil, snapBytes: Int = CaptureFilter.maximumBytes) {
        self.name = name
        self.snapBytes = snapBytes
    }
}
