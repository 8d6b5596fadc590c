import SLATimerServer
import ServiceKit

await ServiceMain.run(SLATimerService.definition)
