package present

import (
	"strings"
	"testing"

	"warroom/model"
)

// TestCommandsElsewhere: a command that only some interfaces have is answered by the others
// with where to find it.
func TestCommandsElsewhere(t *testing.T) {
	for name := range commandHelp {
		if name == "help" || name == "quit" {
			continue
		}
		_, err := model.Parse(":"+name, model.Ctx{Room: model.NewRoom()})
		if err == nil || strings.Contains(err.Error(), "there is no command") {
			t.Errorf(":%s: got %v, want where to find it, or its usage", name, err)
		}
	}
}
