import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from './api-problems';
import { ProblemException, problemKinds } from './problems';

/** The pages that the `type` of a problem points to. */
@ApiTags('Problems')
@Controller('problems')
export class ProblemsController {
  @Get(':kind')
  @ApiOperation({ summary: 'What a type of problem means' })
  @ApiParam({
    name: 'kind',
    schema: { type: 'string', enum: Object.keys(problemKinds), example: 'invalid-sku' },
  })
  @ApiResponse({
    status: 200,
    description: 'The title and the meaning.',
    content: { 'text/plain': { schema: { type: 'string' } } },
  })
  @ApiProblems('kind', 'not-found')
  explainProblem(@Param('kind') kind: string): string {
    if (!Object.hasOwn(problemKinds, kind)) throw new ProblemException('not-found');
    const { title, status, meaning } = problemKinds[kind as keyof typeof problemKinds];
    return `${title} (${status})\n\n${meaning}\n`;
  }
}
