package present

import "warroom/model"

// ExportElsewhere tells a guest how to export a record to their own machine.
func ExportElsewhere(short string, p *model.Profile) model.Safe {
	if p.IsWhole() {
		return model.Safef("over SSH: ssh HOST export %s > %s.zip", short, short)
	}
	return model.Safef("over SSH: ssh HOST export %s --profile %s > %s.zip", short, p.Name,
		short)
}
