// swift-tools-version: 6.2
import PackageDescription

// A program of somebody else's that measures with vethmark. Outside of this repository the dependency is its address and a version.
let package = Package(
    name: "one-trial",
    dependencies: [.package(name: "vethmark", path: "../..")],
    targets: [
        .executableTarget(
            name: "one-trial", dependencies: [.product(name: "VethmarkTrials", package: "vethmark")],
            swiftSettings: [.swiftLanguageMode(.v6)])
    ]
)
