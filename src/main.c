/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "commands/commands.h"

int main(int argc, char **argv)
{
    return commands_main(argc - 1, argv + 1);
}
