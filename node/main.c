/* main: chooses a subcommand; the rest is theirs (node/cli/). */
#include "node/cli/command.h"

int main(int argc, char **argv)
{
	return command_main(argc, argv);
}
