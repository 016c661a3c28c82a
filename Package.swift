// swift-tools-version: 6.2
import PackageDescription

// CI turns every warning into an error; at a desk a warning stays a warning.
let isCI = Context.environment["CI"] != nil

// No unsafe flags: a package that has some can't be depended on by version. What the hot loops call across rooms is @inlinable, and
// release builds optimise across modules by themselves as far as that needs; `make gate` looks at the outcome.
let pure: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny")
    ] + (isCI ? [.treatAllWarnings(as: .error)] : [])

// Every use of what the compiler can't check has to say `unsafe`. The lower rooms do, and say why; a test holds it (SafetyTests).
let safe: [SwiftSetting] = pure + [.strictMemorySafety()]

// The commit, where the Makefile says it; a manifest is cached, so that asking git in here would tell an old one.
let commit = Context.environment["VETHMARK_COMMIT"] ?? ""

let package = Package(
    name: "vethmark",
    products: [
        .executable(name: "vethmark", targets: ["vethmark"]),
        // Plan, session and results for other packages: Examples/one-trial.
        .library(name: "VethmarkTrials", targets: ["Methods", "Trials", "Plans", "Results", "Traffic", "Metrics", "Frames", "Kernel"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1")
    ],
    targets: [
        // C headers only
        .target(name: "CLinux"),
        .target(name: "CBuild", cSettings: [.define("VETHMARK_COMMIT", to: "\"\(commit)\"")]),
        .systemLibrary(name: "CNuma", pkgConfig: "numa", providers: [.apt(["libnuma-dev"])]),
        .systemLibrary(name: "CBPF", pkgConfig: "libbpf", providers: [.apt(["libbpf-dev"])]),

        .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // Declarations only: libzstd is found at run time.
        .systemLibrary(name: "CZstd"),

        // tables and bytes in memory of one's own or somebody else's · bytes on the wire, and loads of them · counting · the only system calls
        .target(name: "Memory", swiftSettings: safe),
        .target(name: "Frames", dependencies: ["Memory"], swiftSettings: safe),
        .target(name: "Traffic", dependencies: ["Memory", "Frames"], swiftSettings: safe),
        .target(
            name: "Metrics",
            dependencies: ["Memory", .product(name: "Histogram", package: "hdrhistogram-swift")],
            swiftSettings: safe),
        .target(name: "Kernel", dependencies: ["CBuild", "CLinux", "CNuma", "Memory"], swiftSettings: safe),

        // documents of YAML: read and written by libyaml
        .target(name: "YAML", dependencies: ["CLibYAML"], swiftSettings: safe),

        // ranks on several hosts: their connection, phases, clocks and turns
        .target(
            name: "Control",
            dependencies: [
                "Kernel",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Crypto", package: "swift-crypto")
            ],
            swiftSettings: safe),

        // a page of metrics, for whoever scrapes it
        .target(
            name: "Scrape",
            dependencies: [
                "Kernel", .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio")
            ],
            swiftSettings: safe),

        // ways for frames to leave and to arrive
        .target(name: "Ports", dependencies: ["CLinux", "Memory", "Kernel", "Traffic", "Frames"], swiftSettings: safe),

        // eBPF: programs that make and count frames inside the kernel
        .target(
            name: "XDP", dependencies: ["CBPF", "CLinux", "Memory", "Kernel", "Traffic", "Frames", "Metrics", "Ports"], swiftSettings: safe),

        // veth pairs
        .target(name: "Links", dependencies: ["CLinux", "Kernel", "Frames", "Metrics"], swiftSettings: safe),

        // capture files and capture filters
        .target(name: "Traces", dependencies: ["CPcap", "CZlib", "CZstd", "Memory", "Kernel", "Frames", "Ports"], swiftSettings: safe),

        // what was asked, decided and known to be possible · what came out
        .target(name: "Plans", dependencies: ["Traces", "Ports", "Traffic", "Frames", "Metrics", "Kernel"], swiftSettings: safe),
        .target(name: "Results", dependencies: ["Plans", "Metrics"], swiftSettings: safe),

        // both sides of a trial: an engine and a receiver, their workers and the hot loops
        .target(
            name: "Engines",
            dependencies: [
                "Control", "Plans", "Results", "Links", "XDP", "Traces", "Ports", "Traffic", "Frames", "Metrics", "Kernel", "Memory"
            ],
            swiftSettings: safe),

        // one trial
        .target(
            name: "Trials",
            dependencies: [
                "Engines", "Control", "Plans", "Results", "Links", "XDP", "Ports", "Traffic", "Frames", "Metrics", "Kernel",
                .product(name: "Logging", package: "swift-log")
            ],
            swiftSettings: safe),

        // what to try · what was asked · what came out
        .target(
            name: "Methods",
            dependencies: ["Trials", "Engines", "Control", "Plans", "Results", "Traffic", "Links", "Traces", "Kernel", "Frames", "Metrics"],
            swiftSettings: safe),
        .target(
            name: "Profiles",
            dependencies: [
                "Plans", "Traffic", "Kernel", "Metrics", "YAML"
            ],
            swiftSettings: safe),
        // the same, told to the engines of other hosts
        .target(name: "Jobs", dependencies: ["YAML"], swiftSettings: safe),
        .target(
            name: "Reports",
            dependencies: [
                "Methods", "Trials", "Engines", "Plans", "Results", "Traffic", "Links", "Traces", "Frames", "Metrics", "Kernel"
            ],
            swiftSettings: safe),

        // the commands
        .executableTarget(
            name: "vethmark",
            dependencies: [
                "Methods", "Profiles", "Jobs", "Reports", "Scrape", "Trials", "Engines", "Control", "Plans", "Results", "Traffic", "Links",
                "Traces",
                "Kernel", "Frames", "Metrics",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log")
            ],
            swiftSettings: safe),

        // our own code's cost, part by part
        .executableTarget(
            name: "vethmark-bench-parts",
            dependencies: ["Trials", "Engines", "Plans", "Results", "Traffic", "Ports", "Memory", "Kernel", "Frames", "Metrics"],
            path: "Benchmarks/Parts",
            swiftSettings: pure),

        // what many ranks cost
        .executableTarget(
            name: "vethmark-bench-scale", dependencies: ["Control", "Kernel", "TestSupport"], path: "Benchmarks/Scale", swiftSettings: pure),

        .target(
            name: "TestSupport",
            dependencies: ["CLinux", "Kernel", "Control", "Frames", "Metrics", "Plans", "Results", "Traffic"],
            path: "Tests/TestSupport",
            swiftSettings: pure),
        .testTarget(name: "MemoryTests", dependencies: ["Memory"], swiftSettings: pure),
        .testTarget(
            name: "YAMLTests", dependencies: ["YAML", "TestSupport", .product(name: "Yams", package: "Yams")], swiftSettings: pure),
        .testTarget(name: "FramesTests", dependencies: ["Frames", "TestSupport"], swiftSettings: pure),
        .testTarget(name: "TrafficTests", dependencies: ["Memory", "Traffic", "Frames", "TestSupport"], swiftSettings: pure),
        .testTarget(name: "MetricsTests", dependencies: ["Memory", "Metrics", "TestSupport"], swiftSettings: pure),
        .testTarget(name: "KernelTests", dependencies: ["TestSupport", "Kernel", "CLinux"], swiftSettings: pure),
        .testTarget(name: "ScrapeTests", dependencies: ["Scrape"], swiftSettings: pure),
        .testTarget(name: "ControlTests", dependencies: ["Control", "Kernel", "TestSupport"], swiftSettings: pure),
        .testTarget(
            name: "PortsTests", dependencies: ["Traffic", "TestSupport", "Memory", "Ports", "Links", "Kernel", "Frames", "CLinux"],
            swiftSettings: pure),
        .testTarget(
            name: "XDPTests",
            dependencies: ["Traffic", "TestSupport", "Memory", "XDP", "Links", "Ports", "Kernel", "Frames", "Metrics", "CLinux"],
            swiftSettings: pure),
        .testTarget(name: "LinksTests", dependencies: ["TestSupport", "Links", "Kernel", "Frames"], swiftSettings: pure),
        .testTarget(
            name: "TracesTests", dependencies: ["TestSupport", "Memory", "Traces", "Links", "Kernel", "Frames"], swiftSettings: pure),
        .testTarget(
            name: "PlansTests", dependencies: ["Plans", "Traces", "Traffic", "Frames", "Metrics"], swiftSettings: pure),
        .testTarget(name: "ResultsTests", dependencies: ["Results", "Plans", "Metrics", "TestSupport"], swiftSettings: pure),
        .testTarget(
            name: "EnginesTests",
            dependencies: [
                "Engines", "Plans", "Traces", "Ports", "Traffic", "Frames", "Metrics", "Memory", "Kernel", "TestSupport"
            ],
            swiftSettings: pure),
        .testTarget(
            name: "TrialsTests",
            dependencies: [
                "TestSupport", "Trials", "Engines", "Control", "Plans", "Results", "Traffic", "Ports", "Links", "Traces", "Memory",
                "Kernel",
                "Frames", "Metrics"
            ],
            swiftSettings: pure),
        .testTarget(
            name: "MethodsTests",
            dependencies: [
                "TestSupport", "Methods", "Profiles", "Trials", "Engines", "Plans", "Results", "Traffic", "Traces", "Kernel", "Frames",
                "Metrics"
            ],
            exclude: ["Search/mlrsearch-reference.py", "Search/mlrsearch-reference.json"], swiftSettings: pure),
        .testTarget(
            name: "ProfilesTests",
            dependencies: ["TestSupport", "Profiles", "Plans", "Metrics"],
            swiftSettings: pure),
        .testTarget(
            name: "JobsTests",
            dependencies: [
                "TestSupport", "Jobs", .product(name: "Yams", package: "Yams"),
                .product(name: "Subprocess", package: "swift-subprocess"), .product(name: "SystemPackage", package: "swift-system")
            ],
            swiftSettings: pure),
        .testTarget(
            name: "ReportsTests",
            dependencies: [
                "TestSupport", "Reports", "Methods", "Profiles", "Trials", "Plans", "Results", "Traffic", "Frames", "Metrics"
            ],
            swiftSettings: pure),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "vethmark", "Reports", "Jobs", "Traces", "Frames", "TestSupport", "CBPF",
                "CLinux",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system")
            ],
            exclude: [
                "check-report.py", "compare-with-scapy.py", "complete-in-shell.py", "capture-toy.py", "terminal-run.py"
            ],
            swiftSettings: pure),
        // what scripts/fuzz feeds with wrong bytes, and the inputs that once were wrong
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Reports", "Profiles", "Engines", "Control", "Results", "Plans", "Links", "Traces", "Kernel", "Frames"
            ],
            path: "Tests/FuzzTargets", exclude: ["corpus"], swiftSettings: pure),
        .testTarget(
            name: "CorpusTests",
            dependencies: [
                "FuzzTargets", "TestSupport", "Engines", "Control", "Plans", "Results", "Metrics", "Links", "Traces", "Kernel", "Frames"
            ], swiftSettings: pure),
        .testTarget(name: "ArchitectureTests", swiftSettings: pure)
    ]
)
