import Kernel
import NIOCore
import NIOHTTP1
import NIOPosix

/// One page of metrics over HTTP, at `/metrics`, for as long as there is something to tell.
///
/// It has a thread of its own, which sleeps but for the moments in which somebody asks. What is told is a text that was made by then: nobody who asks can hold
/// up whoever measures.
public final class ScrapeServer: Sendable {
    /// With the port that it has.
    public let address: ListenAddress
    private let group: MultiThreadedEventLoopGroup
    private let channel: any Channel
    private let page: Monitor<String>

    /// Connections at one time; whoever comes beyond is sent away.
    static let mostConnections = 64
    /// How long somebody may have a connection and say nothing: Prometheus keeps one from scrape to scrape.
    static let idleLimit = TimeAmount.minutes(5)

    /// Listens from now on.
    ///
    /// - Parameter text: OpenMetrics, what is told until there is something newer.
    /// - Throws: `ScrapeError`.
    public init(at address: ListenAddress, _ text: String) throws(ScrapeError) {
        let page = Monitor(text)
        let connections = Monitor(0)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            channel = try ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let isTaken = connections.change { count in
                            guard count < Self.mostConnections else { return false }
                            count += 1
                            return true
                        }
                        guard isTaken else { throw ChannelError.alreadyClosed }
                        channel.closeFuture.whenComplete { _ in connections.change { $0 -= 1 } }
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHandler(IdleStateHandler(allTimeout: Self.idleLimit))
                        try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
                        try pipeline.addHandler(ScrapeHandler(page))
                    }
                }
                .bind(to: try SocketAddress(ipAddress: address.host, port: Int(address.port))).wait()
        } catch {
            try? group.syncShutdownGracefully()
            throw ScrapeError(address: address, reason: Self.words(of: error))
        }
        self.address = ListenAddress(host: address.host, port: UInt16(channel.localAddress?.port ?? Int(address.port)))
        (self.group, self.page) = (group, page)
    }

    /// What is told from now on.
    public func show(_ text: String) { page.change { $0 = text } }

    /// Listens no more, and ends what is open.
    public func close() {
        try? channel.close().wait()
        try? group.syncShutdownGracefully()
    }

    private static func words(of error: any Error) -> String {
        if let error = error as? IOError { return SystemError(call: "bind", number: error.errnoCode).reason }
        return error is SocketAddressError ? "that is no address" : "\(error)"
    }
}

/// Answers one request after the other of a connection; the pipeline reads the next one when the last is answered.
private final class ScrapeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let page: Monitor<String>
    private var request: HTTPRequestHead?

    init(_ page: Monitor<String>) { self.page = page }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): request = head
        case .body: break
        case .end:
            guard let request else { return }
            answer(request, context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) } else { context.fireUserInboundEventTriggered(event) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answer(_ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let path = request.uri.prefix { $0 != "?" }
        var (status, type, text) = (HTTPResponseStatus.ok, "text/plain; charset=utf-8", "")
        var headers = HTTPHeaders()
        switch (request.method, path) {
        case (.GET, "/metrics"), (.HEAD, "/metrics"):
            (type, text) = ("application/openmetrics-text; version=1.0.0; charset=utf-8", page.read { $0 })
        case (.GET, "/"), (.HEAD, "/"): text = "vethmark: /metrics has the metrics of a run.\n"
        case (.GET, _), (.HEAD, _): (status, text) = (.notFound, "There is /metrics and nothing else.\n")
        default:
            (status, text) = (.methodNotAllowed, "Metrics can only be read.\n")
            headers.add(name: "allow", value: "GET, HEAD")
        }
        headers.add(name: "content-type", value: type)
        headers.add(name: "content-length", value: "\(text.utf8.count)")
        if !request.isKeepAlive { headers.add(name: "connection", value: "close") }
        context.write(wrapOutboundOut(.head(HTTPResponseHead(version: request.version, status: status, headers: headers))), promise: nil)
        if request.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(string: text)))), promise: nil)
        }
        let isLast = !request.isKeepAlive
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in if isLast { channel.close(promise: nil) } }
    }
}
