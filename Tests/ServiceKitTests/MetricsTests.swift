@testable import ServiceKit
import Testing

@Suite("Metrics")
struct MetricsTests {
    @Test("Metrics are rendered in Prometheus's text format")
    func format() async {
        let registry = MetricsRegistry()
        let calls = registry.counter("calls_total", help: "Calls\nmade.", labels: ["method", "code"])
        calls.increment(["b", "ok"])
        calls.increment(["a", "say \"x\\y\""], by: 2)
        registry.gauge("height", help: "Height.").set(1.5)
        let times = registry.histogram("time_seconds", help: "Time.", labels: ["m"], buckets: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 3] { times.observe(value, ["x"]) }
        times.observe(.milliseconds(250), ["x"])
        let text = await registry.render()
        #expect(
            text == """
                # HELP calls_total Calls\\nmade.
                # TYPE calls_total counter
                calls_total{method="a",code="say \\"x\\\\y\\""} 2
                calls_total{method="b",code="ok"} 1
                # HELP height Height.
                # TYPE height gauge
                height 1.5
                # HELP time_seconds Time.
                # TYPE time_seconds histogram
                time_seconds_bucket{m="x",le="0.1"} 2
                time_seconds_bucket{m="x",le="1"} 4
                time_seconds_bucket{m="x",le="+Inf"} 5
                time_seconds_sum{m="x"} 3.9
                time_seconds_count{m="x"} 5

                """)
    }

    @Test("Gauges are set just before they are read, and a name is one metric")
    func collecting() async {
        let registry = MetricsRegistry()
        let counter = registry.counter("n_total", help: "N.")
        registry.onCollect { registry.counter("n_total", help: "N.").increment() }
        #expect(await registry.render().contains("n_total 1\n"))
        #expect(counter.value() == 1)
    }
}
