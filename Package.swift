// swift-tools-version: 6.2
import PackageDescription

// Strict throughout: what the compiler can prove, no reviewer has to.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
]

let package = Package(
  name: "mmsgtrace",
  products: [.executable(name: "mmsgtrace", targets: ["mmsgtrace"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
  ],
  targets: [
    .target(
      name: "CTracee",
      cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
    .systemLibrary(
      name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
    .systemLibrary(name: "CYaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .target(name: "Records", swiftSettings: settings),
    .target(name: "Decoding", dependencies: ["Records"], swiftSettings: settings),
    .target(
      name: "Analysis",
      dependencies: ["Records", .product(name: "Histogram", package: "hdrhistogram-swift")],
      swiftSettings: settings),
    .target(name: "Output", dependencies: ["Analysis", "Records"], swiftSettings: settings),
    .target(
      name: "Policies", dependencies: ["Analysis", "CYaml", "Records"], swiftSettings: settings),
    .target(name: "Reading", dependencies: ["Records"], swiftSettings: settings),
    .target(
      name: "Tracing", dependencies: ["CSeccomp", "CTracee", "Decoding", "Records"],
      swiftSettings: settings),
    .executableTarget(
      name: "mmsgtrace",
      dependencies: [
        "Analysis", "CTracee", "Decoding", "Output", "Policies", "Reading", "Records", "Tracing",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .target(
      name: "TestSupport", dependencies: ["Decoding", "Records"], path: "Tests/TestSupport",
      swiftSettings: settings),
    .testTarget(
      name: "RecordsTests", dependencies: ["Records", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "DecodingTests", dependencies: ["Decoding", "Records", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "AnalysisTests", dependencies: ["Analysis", "Records", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "TracingTests",
      dependencies: ["CTracee", "Decoding", "Records", "TestSupport", "Tracing"],
      swiftSettings: settings),
    .testTarget(
      name: "CommandTests", dependencies: ["TestSupport", "mmsgtrace"],
      swiftSettings: settings),
    .testTarget(
      name: "OutputTests", dependencies: ["Analysis", "Output", "Records", "TestSupport"],
      exclude: ["Goldens"], swiftSettings: settings),
    .testTarget(
      name: "PoliciesTests", dependencies: ["Analysis", "Policies", "Records", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "ReadingTests", dependencies: ["Output", "Reading", "Records", "TestSupport"],
      swiftSettings: settings),
  ]
)
