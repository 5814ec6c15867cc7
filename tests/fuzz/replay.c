/* replay.c: feeds each file named to the fuzz target it is linked with, so that a build without libFuzzer
 * (gcc) runs the corpora as tests. Exit: 0 all files were read and taken, 2 a file could not be read. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    FILE *in = fopen(path, "rb");
    long size = -1;
    if (in && fseek(in, 0, SEEK_END) == 0)
        size = ftell(in);
    if (size < 0 || fseek(in, 0, SEEK_SET) != 0) {
        perror(path);
        if (in)
            fclose(in);
        return 2;
    }
    /* Exactly as long as the input: a sanitizer then sees a read past its end. */
    uint8_t *data = malloc(size ? (size_t)size : 1);
    size_t got = data ? fread(data, 1, (size_t)size, in) : 0;
    fclose(in);
    if (!data || got != (size_t)size) {
        fprintf(stderr, "%s: cannot be read\n", path);
        free(data);
        return 2;
    }
    LLVMFuzzerTestOneInput(data, got);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    int result = 0;
    for (int i = 1; i < argc; i++)
        if (replay(argv[i]) != 0)
            result = 2;
    return result;
}
