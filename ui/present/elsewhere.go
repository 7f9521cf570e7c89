package present

import "warroom/model"

// ExportElsewhere explains to a guest how to export a record to their own machine.
func ExportElsewhere(short string, p *model.Profile) model.Safe {
	if p.IsWhole() {
		return model.Safef("over SSH: ssh HOST export %s > %s.zip", short, short)
	}
	return model.Safef("over SSH: ssh HOST export %s --profile %s > %s.zip", short, p.Name, short)
}

// CollectElsewhere tells a guest how to add a file of their own machine to the evidence of a
// room.
func CollectElsewhere(room, file string) model.Safe {
	return model.Safef("over SSH you cannot add files on the server; from your machine: ssh HOST evidence add %s - "+
		"--name %s < %s", room, file, file)
}

// IngestElsewhere explains to a guest how to store the alerts of a file of their own machine. room
// is empty for the lobby.
func IngestElsewhere(room string) model.Safe {
	if room == "" || room == model.LobbyShort {
		return model.Lit("over SSH, alerts come through stdin: ssh HOST ingest - < FILE")
	}
	return model.Safef("over SSH, alerts come through stdin: ssh HOST ingest - --room %s < FILE", room)
}
