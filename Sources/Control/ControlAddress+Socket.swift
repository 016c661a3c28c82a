import NIOCore

extension ControlAddress {
    /// As the kernel takes it; a name's first address, by getaddrinfo(3) on the calling thread.
    ///
    /// - Throws: `SocketAddressError` of NIOCore.
    func resolved() throws -> SocketAddress {
        switch self {
        case .tcp(let host, let port): try SocketAddress.makeAddressResolvingHost(host, port: port)
        case .unix(let path): try SocketAddress(unixDomainSocketPath: path)
        }
    }
}
