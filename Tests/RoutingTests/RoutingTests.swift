import RoutingServer
import Testing
