/* The weights as a constant array: nothing is read from a file system when the program runs. */
#if defined(__APPLE__)
#define SECTION ".const_data"
#define SYMBOL "_unetpp_weights"
#else
#define SECTION ".section .rodata"
#define SYMBOL "unetpp_weights"
#endif

__asm__(SECTION "\n"
        ".balign 16\n"
        ".globl " SYMBOL "\n" SYMBOL ":\n"
        ".incbin \"model_weights.bin\"\n"
        ".text\n");
